using System.Globalization;
using Espalier.Data;
using Espalier.Graphs;

namespace Espalier.Cli;

/// <summary>Counts, class by class, how often a classifier is right.</summary>
internal sealed class ClassTally(Model model)
{
    private readonly (int Images, int Predicted, int Correct)[] _counts = new (int, int, int)[OutputClasses.CountOf(model)];

    /// <summary>A row for each class, in the order of the outputs.</summary>
    internal IEnumerable<(int Class, string Label, int Images, int Predicted, int Correct)> Rows =>
        _counts.Select((counts, i) => (i, i < model.Metadata.Labels.Count ? model.Metadata.Labels[i] : i.ToString(CultureInfo.InvariantCulture), counts.Images, counts.Predicted, counts.Correct));

    /// <summary>Counts one image; nothing where its class is not known.</summary>
    internal void Add(ReadOnlySpan<float> logits, int truth)
    {
        if (truth < 0)
        {
            return;
        }

        int greatest = 0;
        for (int i = 1; i < logits.Length; i++)
        {
            greatest = logits[i] > logits[greatest] ? i : greatest;
        }

        _counts[truth].Images++;
        _counts[greatest].Predicted++;
        _counts[truth].Correct += greatest == truth ? 1 : 0;
    }
}
