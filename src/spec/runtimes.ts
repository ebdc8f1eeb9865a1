/** The runtimes that functions may name; a newer version of a language needs no newer Lambent. */
export const RUNTIMES =
  /^(nodejs[1-9][0-9]\.x|python3\.([89]|[1-9][0-9])|ruby[3-9]\.[0-9]|java(8\.al2|[1-9][0-9](\.al2023)?)|dotnet([6-9]|[1-9][0-9])|provided\.al2(023)?)$/

/** The same for people. */
export const RUNTIME_FAMILIES =
  '`nodejs22.x` and any other `nodejsNN.x`, `python3.8` and newer, `ruby3.2` and newer, `java8.al2`, `java11` and newer, `dotnet6` and newer, `provided.al2`, `provided.al2023`'
