namespace Espalier.Data;

/// <summary>Names of classes in a message.</summary>
internal static class ClassNameList
{
    private const int Shown = 12; // all of CIFAR-10's, some of ImageNet's

    /// <summary>The first names, and how many more there are.</summary>
    internal static string Of(IReadOnlyCollection<string> names) => names.Count <= Shown
        ? string.Join(", ", names)
        : $"{string.Join(", ", names.Take(Shown - 2))}, … and {names.Count - Shown + 2} more";
}
