namespace Espalier.Cli;

/// <summary>Says in the command line's words what messages of the library call by the names of its options.</summary>
internal static class LibraryWords
{
    private static readonly (string Library, string Ours)[] s_words = [("Preprocessing.Resize and Preprocessing.Crop", "--resize and --crop")];

    /// <summary>A message as the command line says it.</summary>
    internal static string Translate(string message)
    {
        foreach ((string library, string ours) in s_words)
        {
            message = message.Replace(library, ours, StringComparison.Ordinal);
        }

        return message;
    }
}
