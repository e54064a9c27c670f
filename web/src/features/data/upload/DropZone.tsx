import { Button } from "@mantine/core";
import { Upload } from "lucide-react";
import { useRef, useState, type DragEvent } from "react";
import { formatBytes } from "@/format";
import classes from "./Upload.module.css";

interface DropZoneProps {
  readonly onFile: (file: File) => void;
  /** Of the file that was chosen. */
  readonly name: string | undefined;
  readonly size: number | undefined;
}

/** Takes one file, dropped or chosen. */
export function DropZone({ onFile, name, size }: DropZoneProps) {
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const take = (files: FileList | null) => {
    const file = files?.[0];
    if (file !== undefined) onFile(file);
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files);
  };
  return (
    <div
      className={classes["zone"]}
      role="group"
      aria-label="Drop a file of bars here"
      data-over={isOver || undefined}
      onDrop={onDrop}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
    >
      <Upload size={20} strokeWidth={1.75} aria-hidden />
      <span className={classes["zoneText"]}>
        {name === undefined ? "Drop a CSV file here" : `${name}, ${formatBytes(size ?? 0)}`}
      </span>
      <Button variant="default" onClick={() => input.current?.click()}>
        {name === undefined ? "Choose a file" : "Choose another file"}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        aria-label="File of bars"
        accept=".csv,.tsv,.txt,text/csv"
        onChange={(event) => {
          take(event.currentTarget.files);
          event.currentTarget.value = ""; // the same file can be chosen again
        }}
      />
    </div>
  );
}
