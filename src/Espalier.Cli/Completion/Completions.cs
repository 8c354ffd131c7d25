using System.CommandLine.Completions;
using Espalier.Models;

namespace Espalier.Cli;

/// <summary>The completions of arguments and options, chosen by their names in the help.</summary>
internal static class Completions
{
    private static readonly string[] Networks = ["ARCH"];
    private static readonly string[] NetworksAndFiles = ["MODEL", "A", "B"];
    private static readonly string[] Files = ["FILE", "PATH", "CHECKPOINT", "OUT", "FOLDER", "DATA", "IN", "IMAGES"];

    /// <summary>Adds completions to the options and arguments of a verb, in addition to those that they define themselves.</summary>
    internal static void AddTo(Command verb)
    {
        var offered = new HashSet<string[]>(); // the parser queries all arguments, whichever is being typed; only one of them may offer files
        foreach (Argument argument in verb.Arguments)
        {
            argument.HelpName ??= argument.Name; // else the help would list the networks and the files of this folder
            Add(argument.CompletionSources, argument.Name, offered);
        }

        foreach (Option option in verb.Options.Where(option => option.ValueType != typeof(bool)))
        {
            Add(option.CompletionSources, option.Name == "--model" ? Networks[0] : option.HelpName ?? "", []);
        }
    }

    private static void Add(List<Func<CompletionContext, IEnumerable<CompletionItem>>> sources, string name, HashSet<string[]> offered)
    {
        if ((Networks.Contains(name) || NetworksAndFiles.Contains(name)) && offered.Add(Networks))
        {
            sources.Add(_ => Zoo.Names);
        }

        if ((Files.Contains(name) || NetworksAndFiles.Contains(name)) && offered.Add(Files))
        {
            sources.Add(context => FilesLike(context.WordToComplete));
        }

        if (name.Contains('|'))
        {
            sources.Clear(); // by default the parser offers the C# names of enum members
            sources.Add([.. name.Split('|').Where(word => word.Any(char.IsAsciiLetterLower))]); // words in capitals are placeholders
        }
    }

    /// <summary>Files and folders whose names start with the word; folders end with a slash, so that their contents can be completed next.</summary>
    private static IEnumerable<string> FilesLike(string word)
    {
        int slash = word.LastIndexOf('/') + 1;
        (string folder, string start) = (word[..slash], word[slash..]);
        var how = new EnumerationOptions { IgnoreInaccessible = true, AttributesToSkip = start.StartsWith('.') ? FileAttributes.None : FileAttributes.Hidden };
        string place = folder.Length == 0 ? "." : folder.StartsWith("~/", StringComparison.Ordinal) ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + folder[1..] : folder;
        if (!Directory.Exists(place))
        {
            return [];
        }

        return new DirectoryInfo(place).EnumerateFileSystemInfos("*", how)
            .Where(entry => entry.Name.StartsWith(start, StringComparison.Ordinal))
            .Select(entry => folder + entry.Name + (entry is DirectoryInfo ? "/" : ""))
            .Order(StringComparer.Ordinal);
    }
}
