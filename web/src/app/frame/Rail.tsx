import { Tooltip, UnstyledButton } from "@mantine/core";
import { PanelLeftClose, PanelLeftOpen } from "lucide-react";
import { NavLink } from "react-router";
import { prefer } from "@/format";
import { PLACES } from "../places";
import { useAppDispatch } from "../store";
import classes from "./Frame.module.css";

interface RailProps {
  readonly isWide: boolean;
  /** In a drawer, which closes then. */
  readonly onGo?: () => void;
}

export function Rail({ isWide, onGo }: RailProps) {
  const dispatch = useAppDispatch();
  const toggle = isWide ? "Collapse" : "Expand";
  const Icon = isWide ? PanelLeftClose : PanelLeftOpen;
  return (
    <>
      {onGo === undefined && (
        <div className={classes["brand"]}>
          <img src="/icon.svg" alt="" width={22} height={22} />
          {isWide && <span>ArbitraX</span>}
        </div>
      )}
      {PLACES.map(({ path, label, icon: PlaceIcon }) => (
        <Tooltip key={path} label={label} position="right" disabled={isWide}>
          <NavLink className={classes["place"] ?? ""} to={path} end={path === "/"} onClick={onGo} aria-label={label}>
            <PlaceIcon size={18} strokeWidth={1.75} aria-hidden />
            {isWide && <span>{label}</span>}
          </NavLink>
        </Tooltip>
      ))}
      {onGo === undefined && (
        <Tooltip label={toggle} position="right" disabled={isWide}>
          <UnstyledButton
            className={`${classes["place"] ?? ""} ${classes["toggle"] ?? ""}`}
            onClick={() => dispatch(prefer({ isRailWide: !isWide }))}
            aria-label={`${toggle} the rail`}
          >
            <Icon size={18} strokeWidth={1.75} aria-hidden />
            {isWide && <span>{toggle}</span>}
          </UnstyledButton>
        </Tooltip>
      )}
    </>
  );
}
