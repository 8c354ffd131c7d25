namespace Espalier.Cli;

/// <summary>Replaces names of the library's options in its messages by the options of the command line.</summary>
internal static class LibraryWords
{
    private static readonly (string Library, string Ours)[] s_words = [("Preprocessing.Resize and Preprocessing.Crop", "--resize and --crop")];

    /// <summary>The message with the names of command-line options.</summary>
    internal static string Translate(string message)
    {
        foreach ((string library, string ours) in s_words)
        {
            message = message.Replace(library, ours, StringComparison.Ordinal);
        }

        return message;
    }
}
