namespace Espalier.Data;

/// <summary>Formats names of classes for messages.</summary>
internal static class ClassNameList
{
    private const int Shown = 12; // all of CIFAR-10's, some of ImageNet's

    /// <summary>The names of outputs, or the range of their indices if they have no names.</summary>
    internal static string Of(IReadOnlyCollection<string> labels, int count) => labels.Count > 0 ? Of(labels) : $"0 to {count - 1} without labels";

    /// <summary>The number of classes and their names: <c>2 classes (cat, dog)</c>.</summary>
    internal static string Counted(IReadOnlyCollection<string> names) => $"{names.Count} {(names.Count == 1 ? "class" : "classes")} ({Of(names)})";

    /// <summary>The first names, and the number of the others.</summary>
    internal static string Of(IReadOnlyCollection<string> names) => names.Count <= Shown
        ? string.Join(", ", names)
        : $"{string.Join(", ", names.Take(Shown - 2))}, … and {names.Count - Shown + 2} more";
}
