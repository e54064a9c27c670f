import classes from "./Side.module.css";

/** Buy or sell: the word says it, the colour only helps. */
export function SideWord({ side }: { readonly side: string }) {
  return <span className={classes[side]}>{side}</span>;
}
