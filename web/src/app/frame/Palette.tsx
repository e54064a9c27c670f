import { useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import {
  createSpotlight,
  Spotlight,
  type SpotlightActionData,
  type SpotlightActionGroupData,
} from "@mantine/spotlight";
import "@mantine/spotlight/styles.layer.css";
import { Search } from "lucide-react";
import { useDeferredValue, useEffect, useState } from "react";
import { useNavigate } from "react-router";
import { useListBacktestsQuery, useListInstrumentsQuery, useListStrategiesQuery } from "@/api";
import { signOut } from "@/api/session";
import { strategyTitle } from "@/format";
import { PLACES } from "../places";
import { useAppDispatch } from "../store";
import classes from "./Palette.module.css";

interface PaletteProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

const [paletteStore, palette] = createSpotlight();
const MOST = 6;

/** Ctrl K: places, actions, symbols, strategies and runs, by name. */
export default function Palette({ isOpen, onClose }: PaletteProps) {
  const navigate = useNavigate();
  const dispatch = useAppDispatch();
  const [text, setText] = useState("");
  const asked = useDeferredValue(text.trim());
  const skip = { skip: !isOpen };
  const strategies = useListStrategiesQuery({ limit: 500 }, skip).data?.data ?? [];
  const runs = useListBacktestsQuery({ limit: 100 }, skip).data?.data ?? [];
  const symbols =
    useListInstrumentsQuery({ limit: MOST, search: asked }, { skip: !isOpen || asked === "" }).data?.data ?? [];
  const listed = useListInstrumentsQuery({ limit: 500 }, skip).data?.data ?? [];
  const { setColorScheme } = useMantineColorScheme();
  const otherScheme = useComputedColorScheme("light") === "dark" ? "light" : "dark";
  useEffect(() => {
    if (isOpen) palette.open();
  }, [isOpen]);

  const go = (to: string) => () => void navigate(to);
  // By what stands there now: who types and presses Enter at once goes where the words lead.
  const words = text.trim().toLowerCase();
  const wanted = ({ label = "", description = "" }: SpotlightActionData) =>
    `${label} ${description}`.toLowerCase().includes(words);
  const groups: SpotlightActionGroupData[] = [
    { group: "Places", actions: PLACES.map(({ path, label }) => ({ id: path, label, onClick: go(path) })) },
    {
      group: "Actions",
      actions: [
        { id: "new", label: "Run a backtest", onClick: go("/backtests/new") },
        { id: "ingest", label: "Ingest prices", onClick: go("/data/ingest") },
        { id: "upload", label: "Upload CSV", onClick: go("/data/upload") },
        { id: "scheme", label: `Change to the ${otherScheme} theme`, onClick: () => setColorScheme(otherScheme) },
        { id: "welcome", label: "Welcome", onClick: go("/welcome") },
        { id: "out", label: "Sign out", onClick: () => void dispatch(signOut()) },
      ],
    },
    {
      group: "Symbols",
      actions: symbols.map(({ symbol }) => ({ id: `s${symbol}`, label: symbol, onClick: go(`/data/${symbol}`) })),
    },
    {
      group: "Trade",
      actions: listed
        .filter(({ trading }) => trading !== null)
        .map(({ symbol }) => ({
          id: `m${symbol}`,
          label: `Trade ${symbol}`,
          onClick: go(`/trade?symbol=${encodeURIComponent(symbol)}`),
        })),
    },
    {
      group: "Strategies",
      actions: strategies.map(({ name, summary }) => ({
        id: `t${name}`,
        label: name,
        description: summary,
        onClick: go(`/strategies/${name}`),
      })),
    },
    {
      group: "Runs",
      actions: runs.map(({ id, spec }) => ({
        id,
        label: `${strategyTitle(spec.strategy.name)} ${spec.symbols.join(", ")}`,
        description: id,
        onClick: go(`/backtests/${id}`),
      })),
    },
  ];
  const actions = groups
    .map((each) => ({ ...each, actions: each.actions.filter(wanted).slice(0, each.group === "Places" ? 8 : MOST) }))
    .filter((each) => each.actions.length > 0);
  // Symbols come later than what is typed, and before others: the first that is shown is what Enter goes to.
  const shown = actions.flatMap((each) => each.actions.map(({ id }) => id)).join(" ");
  useEffect(() => {
    if (words !== "") chooseFirst();
  }, [words, shown]);
  return (
    <Spotlight
      store={paletteStore}
      actions={actions}
      filter={(_, found) => found}
      query={text}
      onQueryChange={setText}
      onSpotlightClose={onClose}
      nothingFound="Nothing has that name."
      shortcut={null}
      scrollable
      overlayProps={{ blur: 0, backgroundOpacity: 0.35 }}
      classNames={{ action: classes["action"] ?? "" }}
      maxHeight={420}
      searchProps={{
        leftSection: <Search size={16} />,
        placeholder: "Symbols, runs, strategies, actions",
        "aria-label": "Search",
      }}
    />
  );
}

/** As the library marks what Enter goes to, which it does when a letter is typed only. */
function chooseFirst(): void {
  const { listId } = paletteStore.getState();
  const shown = document.getElementById(listId)?.querySelectorAll("[data-action]") ?? [];
  shown.forEach((each, at) => each.toggleAttribute("data-selected", at === 0));
  paletteStore.updateState((state) => ({ ...state, selected: 0 }));
}
