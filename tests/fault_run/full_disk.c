/* A disk that is full while FLAG exists: preloaded, no regular file grows; what is there can be overwritten. What a
   process says, and what the traders note for the auditor, goes elsewhere. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static int is_full(int file, off_t at, size_t size)
{
    struct stat status;
    char link[64], path[4096];
    int error = errno;
    int full = file > 2 && access(FLAG, F_OK) == 0 && fstat(file, &status) == 0 && S_ISREG(status.st_mode);
    if (full && at < 0)
        at = fcntl(file, F_GETFL) & O_APPEND ? status.st_size : lseek(file, 0, SEEK_CUR);
    full = full && at + (off_t)size > status.st_size;
    if (full) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", file);
        ssize_t length = readlink(link, path, sizeof path - 1);
        full = length > 0 && (path[length] = 0, strstr(path, ".jsonl") == NULL && strstr(path, ".log") == NULL);
    }
    errno = full ? ENOSPC : error;
    return full;
}

ssize_t write(int file, const void *data, size_t size)
{
    return is_full(file, -1, size) ? -1 : syscall(SYS_write, file, data, size);
}

ssize_t pwrite(int file, const void *data, size_t size, off_t at)
{
    return is_full(file, at, size) ? -1 : syscall(SYS_pwrite64, file, data, size, at);
}

ssize_t pwrite64(int file, const void *data, size_t size, off64_t at)
{
    return is_full(file, at, size) ? -1 : syscall(SYS_pwrite64, file, data, size, at);
}

ssize_t pwritev(int file, const struct iovec *parts, int count, off_t at)
{
    size_t size = 0;
    for (int part = 0; part < count; part++)
        size += parts[part].iov_len;
    return is_full(file, at, size) ? -1 : syscall(SYS_pwritev, file, parts, count, at, 0);
}
