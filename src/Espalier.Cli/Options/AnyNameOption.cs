namespace Espalier.Cli;

/// <summary>The option that loads weights whose file name or metadata names another network.</summary>
internal static class AnyNameOption
{
    internal static Option<bool> Create() => new("--any-name")
    {
        Description = "Loads weights that fit the network even where their file's name or metadata names another one of the same names and shapes.",
    };
}
