/** What only grows. */
export class Total {
  value = 0;

  add(amount = 1): void {
    this.value += amount;
  }
}

/** What goes up and down; `undefined`: not known, then nothing is written. */
export class Level {
  value: number | undefined;

  set(value: number | undefined): void {
    this.value = value;
  }
}

/** Asks for the instrument of a label once and finds it by the label alone from then on: for what is counted often. */
export function onceEach<Label, Instrument>(ask: (label: Label) => Instrument): (label: Label) => Instrument {
  const known = new Map<Label, Instrument>();
  return (label) => {
    let instrument = known.get(label);
    if (instrument === undefined) known.set(label, (instrument = ask(label)));
    return instrument;
  };
}
