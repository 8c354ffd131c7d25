using System.Globalization;
using System.Text;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Writes the history of a training run as CSV: one line per epoch, with numbers that round-trip and an empty field for NaN.</summary>
internal static class HistoryCsv
{
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
}
