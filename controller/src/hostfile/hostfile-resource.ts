/** The id of the hostfile among the primary's resources. */
export const hostfileResource = "hostfile";
