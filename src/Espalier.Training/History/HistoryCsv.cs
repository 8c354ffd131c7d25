using System.Globalization;
using System.Text;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Writes and reads the history of a training run as CSV: one line per epoch, with numbers that round-trip and an empty field for NaN.</summary>
internal static class HistoryCsv
{
    private const long Largest = 1 << 26; // 64 MiB: some hundred thousand epochs
    private const int LongestQuote = 80; // characters of an invalid line in a message
    private const string Header = "epoch,step,learning_rate,train_loss,train_accuracy,validation_loss,validation_accuracy,seconds,images_per_second,saved_share";

    /// <summary>Writes a CSV file atomically.</summary>
    /// <exception cref="Espalier.Tensors.EspalierException">The file cannot be written.</exception>
    public static void Write(string path, IEnumerable<EpochRecord> history) =>
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(Format(history))));

    /// <summary>Returns the text of the CSV file.</summary>
    public static string Format(IEnumerable<EpochRecord> history)
    {
        ArgumentNullException.ThrowIfNull(history);
        var text = new StringBuilder(Header).Append('\n');
        foreach (EpochRecord e in history)
        {
            double[] numbers = [e.Epoch, e.Step, e.LearningRate, e.TrainingLoss, e.TrainingAccuracy, e.ValidationLoss, e.ValidationAccuracy, Math.Round(e.Seconds, 3), Math.Round(e.ImagesPerSecond, 1), Math.Round(e.SavedShare, 4)];
            text.AppendJoin(',', numbers.Select(number => double.IsNaN(number) ? "" : number.ToString("R", CultureInfo.InvariantCulture))).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Reads a CSV file.</summary>
    /// <exception cref="Espalier.Tensors.EspalierException">The file cannot be read, or a line is no record of an epoch; the message names it.</exception>
    public static EpochRecord[] Read(string path)
    {
        string[] lines = FileErrors.Read(path, () => new FileInfo(path).Length <= Largest
            ? File.ReadAllLines(path)
            : throw new EspalierException($"{path}: a history of more than {Largest} bytes"));
        return lines.Length > 0 && lines[0] == Header
            ? [.. lines.Index().Skip(1).Where(line => line.Item.Length > 0).Select(line => Parse(line.Item) ?? throw Invalid(path, line.Index + 1, "the values of an epoch", line.Item))]
            : throw Invalid(path, 1, $"'{Header}'", lines.Length > 0 ? lines[0] : "");
    }

    private static EpochRecord? Parse(string line)
    {
        string[] fields = line.Split(',');
        double?[] numbers = [.. fields.Select(Number)];
        return numbers is [double epoch and >= 1 and <= int.MaxValue, double step and >= 0 and <= long.MaxValue, double rate, double loss, double accuracy, double validationLoss, double validationAccuracy, double seconds, double speed, double share]
            && double.IsInteger(epoch) && double.IsInteger(step)
            ? new EpochRecord((int)epoch, (long)step, rate, loss, accuracy, validationLoss, validationAccuracy, seconds, speed) { SavedSeconds = seconds * share / (1 - share) }
            : null;
    }

    private static double? Number(string field) => field.Length == 0 ? double.NaN
        : double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number
        : null;

    private static EspalierException Invalid(string path, int line, string expected, string found) =>
        new($"{path} line {line}: expected {expected}, found '{(found.Length > LongestQuote ? $"{found[..LongestQuote]}…" : found)}'");
}
