/** Which drawn row a row of the table is shown by. */
export class Slots {
  private held = new Map<string, number>();
  private next = 0;

  /**
   * Keys for the rows that are shown, by their ids. Rows that stay keep theirs. When none stays, as after a far jump, the
   * drawn rows are used again, for their text is exchanged in a fraction of the time in which others are made.
   */
  keysOf(ids: readonly string[]): readonly number[] {
    const isOther = !ids.some((each) => this.held.has(each));
    const free = isOther ? [...this.held.values()] : [];
    const keys = ids.map((id, at) => this.held.get(id) ?? free[at] ?? this.next++);
    this.held = new Map(ids.map((id, at) => [id, keys[at] ?? 0]));
    return keys;
  }
}
