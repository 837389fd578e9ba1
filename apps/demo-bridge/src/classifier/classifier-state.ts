/** How the dependency fares: well, or it answers every request with an error. */
export class ClassifierState {
  isFailing = false;
}
