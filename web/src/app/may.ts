import type { Me } from "@/api";
import { useAppSelector } from "./store";

/** Whether whoever is signed in may do what needs a scope: what they may not is not offered. */
export function useMay(scope: Me["scopes"][number]): boolean {
  return useAppSelector((state) => state.session.me?.scopes.includes(scope) ?? false);
}
