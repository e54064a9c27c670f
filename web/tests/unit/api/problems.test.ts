import { GatewayError } from "@arbitrax/client";
import { describe, expect, it } from "vitest";
import { fieldError, sentenceOf } from "@/api";
import { reportOf, toApiError } from "@/api/problems";

const PROBLEM = {
  type: "/docs#request.invalid",
  title: "Invalid request",
  status: 422,
  code: "request.invalid",
  detail: "The body is not what this path takes.",
  request_id: "req_1",
  retryable: false,
  errors: [{ pointer: "/parameters/fast", code: "request.too_small", detail: "It is at least 2." }],
};
const refused = toApiError(new GatewayError(PROBLEM.code, "as one", 422, false, undefined, PROBLEM));

describe("what the gateway refused", () => {
  it("is said in sentences, with the field that is wrong", () => {
    expect(sentenceOf(refused)).toBe("The body is not what this path takes. parameters fast: It is at least 2.");
    expect(fieldError(refused, "/parameters/fast")).toBe("It is at least 2.");
    expect(fieldError(refused, "/cash")).toBeUndefined();
  });

  it("is not said twice", () => {
    const same = { ...PROBLEM, errors: [{ pointer: "/x", code: "c", detail: PROBLEM.detail }] };
    expect(sentenceOf(toApiError(new GatewayError("c", "", 422, false, undefined, same)))).toBe(PROBLEM.detail);
  });

  it("says what to do when nobody answers", () => {
    expect(sentenceOf(toApiError(new GatewayError("gateway.unreachable", "fetch failed", 0, true)))).toMatch(
      /arbitrax up/,
    );
  });

  it("has everything that whoever helps needs", () => {
    expect(JSON.parse(reportOf(refused))).toMatchObject({ code: "request.invalid", requestId: "req_1", page: "/" });
  });

  it("may be a fault of the page", () => {
    expect(toApiError(new TypeError("x is undefined"))).toMatchObject({ code: "page.fault", detail: "x is undefined" });
  });
});
