import { expect, it } from "vitest";
import { ownFirst } from "@/app/own_accounts";

it("has one's own accounts before those of others, each in their order", () => {
  const accounts = ["usr_house", "usr_me", null, "usr_me"].map((owner, at) => ({ owner, at }));
  expect(ownFirst(accounts, ({ owner }) => owner === "usr_me").map(({ at }) => at)).toEqual([1, 3, 0, 2]);
});
