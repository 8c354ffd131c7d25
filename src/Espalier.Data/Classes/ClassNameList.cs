namespace Espalier.Data;

/// <summary>Names of classes in a message.</summary>
internal static class ClassNameList
{
    private const int Shown = 12; // all of CIFAR-10's, some of ImageNet's

    /// <summary>The names of outputs, or how many there are where they have none.</summary>
    internal static string Of(IReadOnlyCollection<string> labels, int count) => labels.Count > 0 ? Of(labels) : $"0 to {count - 1} without labels";

    /// <summary>How many classes, and which: <c>2 classes (cat, dog)</c>.</summary>
    internal static string Counted(IReadOnlyCollection<string> names) => $"{names.Count} {(names.Count == 1 ? "class" : "classes")} ({Of(names)})";

    /// <summary>The first names, and how many more there are.</summary>
    internal static string Of(IReadOnlyCollection<string> names) => names.Count <= Shown
        ? string.Join(", ", names)
        : $"{string.Join(", ", names.Take(Shown - 2))}, … and {names.Count - Shown + 2} more";
}
