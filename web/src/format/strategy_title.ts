const UPLOADED = "uploaded:";

/** The name of a strategy as people read it; what came with its run as a file is "Turtle (uploaded)". */
export function strategyTitle(name: string): string {
  return isUploaded(name) ? `${name.slice(UPLOADED.length)} (uploaded)` : name;
}

/** Whether it came with its run, so that no strategy is registered by its name. */
export function isUploaded(name: string): boolean {
  return name.startsWith(UPLOADED);
}
