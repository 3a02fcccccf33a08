// Inputs for the files of the operation that is shown: one for each place that takes a file.
import { useGraphiQL } from "@graphiql/react";
import { useEffect, useState } from "react";
import type { Speech } from "./speech";
import { places } from "./uploads";

export type Chosen = ReadonlyMap<string, File>;

interface Properties {
  speech: Speech;
  /** Learns which files were chosen in the tab that is shown. */
  onChosen(files: Chosen): void;
}

const NONE: Chosen = new Map();

export function Files({ speech, onChosen }: Properties) {
  const schema = useGraphiQL((state) => state.schema);
  const document = useGraphiQL((state) => state.documentAST);
  const tab = useGraphiQL((state) => state.tabs[state.activeTabIndex]?.id ?? "");
  const [byTab, setByTab] = useState<Record<string, Chosen>>({});
  const files = byTab[tab] ?? NONE;

  useEffect(() => onChosen(files), [files, onChosen]);

  function choose(place: string, file: File | undefined) {
    const chosen = new Map(files);
    if (file) {
      chosen.set(place, file);
    } else {
      chosen.delete(place);
    }
    setByTab({ ...byTab, [tab]: chosen });
  }

  const found = schema && document ? places(schema, document) : [];
  if (found.length === 0) {
    return null;
  }
  return (
    <fieldset className="files" lang={speech.language}>
      <legend>{speech.say("files")}</legend>
      {found.map((place) => (
        <label key={`${tab} ${place}`}>
          <span>{speech.say("chooseFor", { place })}</span>
          <input type="file" onChange={(event) => choose(place, event.target.files?.[0])} />
        </label>
      ))}
    </fieldset>
  );
}
