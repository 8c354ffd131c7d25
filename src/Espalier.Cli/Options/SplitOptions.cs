namespace Espalier.Cli;

/// <summary>How images are held back for validation where the data has no part for it.</summary>
internal static class SplitOptions
{
    private const string Name = "--validation-split";
    private const string Stratified = "stratified";

    internal static Option<string> Create() => WordOptions.Create(
        Name, "How the images of --validation-share are chosen: 'stratified' takes the same share of each class, 'random' takes them without regard to classes, as earlier versions did.", Stratified, "random");

    /// <summary>Whether the same share of each class is held back.</summary>
    internal static bool IsStratified(ParseResult parsed) => parsed.GetRequiredValue<string>(Name) == Stratified;
}
