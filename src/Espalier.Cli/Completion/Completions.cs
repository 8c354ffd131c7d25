using System.CommandLine.Completions;
using Espalier.Models;

namespace Espalier.Cli;

/// <summary>How the words of a command line could go on, by what its arguments and options are called in the help.</summary>
internal static class Completions
{
    private static readonly string[] Networks = ["ARCH"];
    private static readonly string[] NetworksAndFiles = ["MODEL", "A", "B"];
    private static readonly string[] Files = ["FILE", "PATH", "CHECKPOINT", "OUT", "FOLDER", "DATA", "IN", "IMAGES"];

    /// <summary>Gives the options and arguments of a verb their completions; some have more of their own.</summary>
    internal static void AddTo(Command verb)
    {
        var offered = new HashSet<string[]>(); // all arguments are asked, whichever is being typed, and one of them is to offer the files
        foreach (Argument argument in verb.Arguments)
        {
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
            sources.Clear(); // the parser offers the members of enums by their names in C#
            sources.Add([.. name.Split('|').Where(word => word.Any(char.IsAsciiLetterLower))]); // words in capitals stand for something else
        }
    }

    /// <summary>Files and folders that begin so; folders end with a slash, so that what they hold can be asked for.</summary>
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
