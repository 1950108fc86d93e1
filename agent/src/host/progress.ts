/**
 * Is told, for people and in a few words, what slow work does right now or how far it has
 * come: "unpacking, 12 of 120 done". Each text replaces the one before. Never throws.
 */
export type Progress = (text: string) => void;
