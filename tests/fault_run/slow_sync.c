/* A disk that is slow to sync: preloaded, fdatasync takes DELAY_MS longer. */
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int fdatasync(int file)
{
    struct timespec delay = {DELAY_MS / 1000, (DELAY_MS % 1000) * 1000000L};
    nanosleep(&delay, 0);
    return syscall(SYS_fdatasync, file);
}
