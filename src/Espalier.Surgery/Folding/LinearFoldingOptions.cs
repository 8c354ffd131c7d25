namespace Espalier.Surgery;

/// <summary>What <see cref="LinearFolding"/> may do.</summary>
/// <param name="Always">Merge whatever is exact, also where the result takes more multiply-accumulates or bytes than what it replaces.</param>
public readonly record struct LinearFoldingOptions(bool Always = false);
