using System.Globalization;
using System.Text;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier;

/// <summary>A file with the pruning amount of each layer or group: a header, followed by a line with name and amount for each.</summary>
internal sealed class AmountsFile
{
    private const string Header = "name,amount";
    private const long Largest = 1 << 24; // 16 MiB: some hundred thousand layers
    private const int LongestQuote = 60; // characters of an invalid line in a message

    private readonly string _path;
    private readonly Dictionary<string, int> _lines = new(StringComparer.Ordinal); // the line number of each name, from 1
    private readonly List<KeyValuePair<string, double>> _shares = [];

    private AmountsFile(string path) => _path = path;

    /// <summary>Writes the shares of some names.</summary>
    internal static void Write(string path, IEnumerable<KeyValuePair<string, double>> amounts)
    {
        string text = $"{Header}\n{string.Concat(amounts.Select(each => string.Create(CultureInfo.InvariantCulture, $"{each.Key},{each.Value:R}\n")))}";
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="EspalierException">A line is invalid; the message names it.</exception>
    internal static AmountsFile Read(string path)
    {
        string[] lines = FileErrors.Read(path, () => new FileInfo(path).Length <= Largest
            ? File.ReadAllLines(path)
            : throw new EspalierException($"{path}: a list of amounts of more than {Largest} bytes"));
        var file = new AmountsFile(path);
        foreach ((int i, string line) in lines.Index())
        {
            file.Add(i + 1, line.Trim());
        }

        return file._shares.Count > 0 ? file : throw new EspalierException($"{path}: expected a line '{Header}' and then a line for each layer or group, found none of those");
    }

    /// <summary>The amount of each layer or group.</summary>
    internal ValueList<KeyValuePair<string, double>> Shares => ValueList.From(_shares);

    /// <summary>Adds the line number to an error about a name.</summary>
    internal EspalierException Locate(EspalierException error) =>
        error is PruningException about && _lines.TryGetValue(about.Name, out int line) ? new EspalierException($"{_path} line {line}: {error.Message}", error) : error;

    private void Add(int number, string line)
    {
        if (number == 1)
        {
            Require(line == Header, number, $"expected '{Header}'", line);
            return;
        }

        if (line.Length == 0)
        {
            return;
        }

        int comma = line.LastIndexOf(',');
        double share = double.NaN;
        Require(comma > 0 && double.TryParse(line[(comma + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out share), number, "expected a name and a share such as 'layer1.0.conv1.weight,0.5'", line);
        string name = line[..comma].Trim();
        Require(share is >= 0 and <= 1, number, $"{name}: expected an amount from 0 to 1", line[(comma + 1)..].Trim());
        Require(_lines.TryAdd(name, number), number, $"expected each name once, {name} is in line {_lines[name]} too", line);
        _shares.Add(KeyValuePair.Create(name, share));
    }

    private void Require(bool holds, int number, string expected, string found)
    {
        if (!holds)
        {
            throw new EspalierException($"{_path} line {number}: {expected}, found '{(found.Length > LongestQuote ? found[..LongestQuote] + "…" : found)}'");
        }
    }
}
