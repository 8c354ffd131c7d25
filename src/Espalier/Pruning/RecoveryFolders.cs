using System.Globalization;
using System.Text;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier;

/// <summary>The folders of a pruning in steps: one for each step, and a file with the request, which must be the same for resuming.</summary>
/// <param name="root">The folder that contains them.</param>
/// <param name="asked">The request and options as text.</param>
/// <param name="model">The model that is pruned.</param>
/// <param name="data">The images for accuracy and recovery, or <see langword="null"/>.</param>
internal sealed class RecoveryFolders(string root, string asked, Model model, PruningData? data)
{
    private const string Weights = "weights of the model: ";
    private const string TrainingContent = "content of the images to learn from: ";
    private const string ValidationContent = "content of the images to measure on: ";

    // Lines that files of earlier versions lack, by their starts.
    private static readonly string[] s_added = [Weights, TrainingContent, ValidationContent, RecordedOptions.Augmented, RecordedOptions.Decoding];

    /// <summary>The lines of a text of request and options that must be the same for resuming.</summary>
    internal Func<string, IEnumerable<string>> Compared { get; init; } = text => text.Split('\n');

    /// <summary>The path of the file with the request.</summary>
    internal string Command => Path.Combine(root, "command.txt");

    /// <summary>Returns the folder of a step, counted from 1.</summary>
    internal string Of(int step) => Path.Combine(root, $"{step}");

    /// <summary>Whether the folder contains a pruning.</summary>
    internal bool Exists => File.Exists(Command);

    /// <summary>Whether the folder contains this pruning. What the file of an earlier version does not record is not compared.</summary>
    internal bool IsThisOne
    {
        get
        {
            string[] then = [.. Compared(Recorded())];
            IEnumerable<string> now = Compared(Asked()).Where(line => !Array.Exists(s_added, start => IsOf(line, start) && !Array.Exists(then, other => IsOf(other, start))));
            return then.SequenceEqual(now, StringComparer.Ordinal);
        }
    }

    /// <summary>Checks that no other pruning is overwritten and that a resumed run has the same request, except for what may differ or what an earlier version did not record; that is recorded now.</summary>
    internal void Begin(bool resumes)
    {
        if (!Exists)
        {
            FileErrors.CreateFolder(root);
            Record();
        }
        else if (!resumes)
        {
            throw new EspalierException($"{root} already contains a pruning in steps: resume it, or use another folder for a new one");
        }
        else if (!IsThisOne)
        {
            throw new EspalierException($"{root} was started with other options, another list of amounts, other weights, labels or preprocessing of the model, or other images or classes of the data (recorded in {Command}); resuming requires the same ones, except for settings that are named as changed");
        }
        else if (Recorded() != Asked())
        {
            Record();
        }
    }

    private string Recorded() => FileErrors.Read(Command, () => File.ReadAllText(Command));

    private void Record() => AtomicFile.Write(Command, stream => stream.Write(Encoding.UTF8.GetBytes(Asked())));

    /// <summary>The request, with the digests of the data and the model's labels and preprocessing.</summary>
    private string Asked()
    {
        List<string> lines = [asked, string.Create(CultureInfo.InvariantCulture, $"labels: {model.Metadata.Labels}"), string.Create(CultureInfo.InvariantCulture, $"preprocessing: {model.Metadata.Preprocessing}")];
        lines.Add(Weights + ModelDigest.Of(model));
        if (data is not null)
        {
            lines.Add($"images to learn from: {DatasetDigest.Of(data.Matched.Training)}");
            lines.Add($"images to measure on: {DatasetDigest.Of(data.Matched.Validation)}");
            lines.Add(TrainingContent + DatasetContent.DigestOf(data.Matched.Training));
            lines.Add(ValidationContent + DatasetContent.DigestOf(data.Matched.Validation));
        }

        return string.Join('\n', lines);
    }

    private static bool IsOf(string line, string start) => line.StartsWith(start, StringComparison.Ordinal);
}
