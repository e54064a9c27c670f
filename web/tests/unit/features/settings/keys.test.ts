import { describe, expect, it } from "vitest";
import { stateOf } from "@/features/settings/keys/key_columns";

const KEY = {
  id: "key_1",
  user_id: "usr_1",
  name: "nightly",
  hint: "ax_abc",
  scopes: [],
  addresses: [],
  created_at: "2024-01-01T00:00:00Z",
  last_used_at: null,
  expires_at: null,
  revoked_at: null,
};

describe("a key", () => {
  it("counts until it expires or is revoked", () => {
    const now = Date.parse("2024-06-01T00:00:00Z");
    expect(stateOf(KEY, now)).toBe("counts");
    expect(stateOf({ ...KEY, expires_at: "2024-06-01T00:00:00Z" }, now)).toBe("expired");
    expect(stateOf({ ...KEY, expires_at: "2024-06-02T00:00:00Z" }, now)).toBe("counts");
    expect(stateOf({ ...KEY, revoked_at: "2024-05-01T00:00:00Z" }, now)).toBe("revoked");
  });
});
