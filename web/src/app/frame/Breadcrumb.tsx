import { useEffect } from "react";
import { Link, useMatches, type UIMatch } from "react-router";
import classes from "./Frame.module.css";

/** What a route says of itself: `handle: { crumb: "Backtests" }`, or made of its parameters. */
export interface Handle {
  readonly crumb: string | ((params: Readonly<Record<string, string | undefined>>) => string);
}

function isNamed(match: UIMatch): match is UIMatch<unknown, Handle> {
  return typeof match.handle === "object" && match.handle !== null && "crumb" in match.handle;
}

/** Where one is; the title of the tab says it too. */
export function Breadcrumb() {
  const crumbs = useMatches()
    .filter(isNamed)
    .map(({ handle, params, pathname }) => ({
      name: typeof handle.crumb === "string" ? handle.crumb : handle.crumb(params),
      to: pathname,
    }));
  const title = crumbs.map((each) => each.name).toReversed();
  const text = [...title, "ArbitraX"].join(" · ");
  useEffect(() => {
    document.title = text;
  }, [text]);
  return (
    <nav className={classes["crumbs"]} aria-label="Where you are">
      {crumbs.map(({ name, to }, at) =>
        at === crumbs.length - 1 ? (
          <span key={to} aria-current="page">
            {name}
          </span>
        ) : (
          <span key={to}>
            <Link to={to}>{name}</Link>
            <i aria-hidden />
          </span>
        ),
      )}
    </nav>
  );
}
