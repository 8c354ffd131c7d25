using Espalier.Data;

namespace Espalier.Cli;

/// <summary>Prints what was noticed about the files of data, each message once.</summary>
/// <param name="terminal">Where it is printed.</param>
/// <param name="data">The data.</param>
internal sealed class DataNotes(Terminal terminal, params IReadOnlyList<IDataset> data)
{
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    /// <summary>Prints the messages that there are by now and were not printed before.</summary>
    internal void Tell()
    {
        foreach (string note in data.SelectMany(each => each.Notes))
        {
            if (_told.Add(note))
            {
                terminal.Note(note);
            }
        }
    }
}
