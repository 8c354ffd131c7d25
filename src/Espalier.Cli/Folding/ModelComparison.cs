using Espalier.Cli.Measuring;
using Espalier.Cli.Models;
using Espalier.Data;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Cli.Folding;

/// <summary>Runs a model before and after a change beside each other. Neither is folded for it: that would compare a folded model with itself.</summary>
internal sealed class ModelComparison : IDisposable
{
    private readonly (Model Before, Model After) _models;
    private readonly Predictor _before;
    private readonly Predictor _after;

    internal ModelComparison(Model before, Model after, int threads)
    {
        var options = new PredictorOptions { Threads = threads, Unfolded = true };
        _models = (before, after);
        (_before, _after) = (new Predictor(before, options), new Predictor(after, options));
    }

    /// <summary>How far the outputs are apart on what was run.</summary>
    internal OutputDifference Difference { get; private set; }

    /// <summary>Samples run.</summary>
    internal int Samples { get; private set; }

    /// <summary>Samples for which the greatest output is the same.</summary>
    internal int SameClass { get; private set; }

    /// <summary>Accuracy before and after, where classes are known.</summary>
    internal EvaluationTally AccuracyBefore { get; } = new();

    /// <summary>Accuracy after.</summary>
    internal EvaluationTally AccuracyAfter { get; } = new();

    /// <summary>Runs samples drawn from a seed.</summary>
    internal void AddRandom(int samples, ulong seed)
    {
        Graph graph = _before.Graph;
        Add(RandomInput.Create(graph.ShapeOf(graph.Input.Name).Prepend(samples), seed), []);
    }

    /// <summary>Runs images.</summary>
    internal void Add(DataLoader loader, CancellationToken cancellation)
    {
        foreach (Batch batch in loader.ReadEpoch(cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            Add(batch.Images, batch.Labels);
        }
    }

    private void Add(Tensor input, int[] labels)
    {
        Tensor expected = _before.Run(input);
        Tensor actual = _after.Run(input);
        FiniteOutput.Require(_models.Before, input, expected, "the first network");
        FiniteOutput.Require(_models.After, input, actual, "the second network");
        Difference = Difference.With(OutputDifference.Between(expected.Read<float>(), actual.Read<float>()));
        int count = input.Shape[0];
        int outputs = checked((int)(expected.Shape.Count / count));
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<float> before = expected.Read<float>().Slice(i * outputs, outputs);
            ReadOnlySpan<float> after = actual.Read<float>().Slice(i * outputs, outputs);
            SameClass += Greatest(before) == Greatest(after) ? 1 : 0;
            if (labels.Length > 0 && labels[i] >= 0)
            {
                AccuracyBefore.Add(before, labels[i]);
                AccuracyAfter.Add(after, labels[i]);
            }
        }

        Samples += count;
    }

    private static int Greatest(ReadOnlySpan<float> values)
    {
        int greatest = 0;
        for (int i = 1; i < values.Length; i++)
        {
            greatest = values[i] > values[greatest] ? i : greatest;
        }

        return greatest;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _before.Dispose();
        _after.Dispose();
    }
}
