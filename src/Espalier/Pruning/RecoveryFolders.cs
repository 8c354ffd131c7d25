using System.Globalization;
using System.Text;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier;

/// <summary>The folders of a pruning in steps: one for each step, and what was asked for, which resuming needs again.</summary>
/// <param name="root">The folder that holds them.</param>
/// <param name="asked">What was asked for.</param>
/// <param name="model">The model that is pruned.</param>
/// <param name="data">The images that its steps are measured on and recover with, and their classes.</param>
internal sealed class RecoveryFolders(string root, string asked, Model model, PruningData? data)
{
    /// <summary>The file with what was asked for.</summary>
    internal string Command => Path.Combine(root, "command.txt");

    /// <summary>The folder of a step, from 1 on.</summary>
    internal string Of(int step) => Path.Combine(root, $"{step}");

    /// <summary>Whether a pruning has been begun there.</summary>
    internal bool Exists => File.Exists(Command);

    /// <summary>Whether what has been begun there is this pruning.</summary>
    internal bool IsThisOne => FileErrors.Read(Command, () => File.ReadAllText(Command)) == Asked();

    /// <summary>Makes sure that nothing is overwritten, and that a run that is resumed is the one that began.</summary>
    internal void Begin(bool resumes)
    {
        if (!Exists)
        {
            FileErrors.CreateFolder(root);
            AtomicFile.Write(Command, stream => stream.Write(Encoding.UTF8.GetBytes(Asked())));
        }
        else if (!resumes)
        {
            throw new EspalierException($"{root} already holds a pruning in steps: resuming continues it, another folder starts a new one");
        }
        else if (!IsThisOne)
        {
            throw new EspalierException($"{root} was begun with other options, another list of amounts, other labels or preprocessing of the model, or other images or classes of the data (what it began with is in {Command}); resuming takes the same ones only");
        }
    }

    /// <summary>What was asked for, and what tells the data and the model's classes from others.</summary>
    private string Asked()
    {
        List<string> lines = [asked, string.Create(CultureInfo.InvariantCulture, $"labels: {model.Metadata.Labels}"), string.Create(CultureInfo.InvariantCulture, $"preprocessing: {model.Metadata.Preprocessing}")];
        if (data is not null)
        {
            lines.Add($"images to learn from: {DatasetDigest.Of(data.Matched.Training)}");
            lines.Add($"images to measure on: {DatasetDigest.Of(data.Matched.Validation)}");
        }

        return string.Join('\n', lines);
    }
}
