using Espalier.Data;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Runs two models on the same samples, batch by batch, and compares their outputs.</summary>
internal sealed class ComparisonRun : IDisposable
{
    private readonly (Model Before, Model After) _models;
    private readonly (string Before, string After) _names;
    private readonly IRunnable _before;
    private readonly IRunnable _after;
    private readonly EvaluationTally? _accuracyBefore;
    private readonly EvaluationTally? _accuracyAfter;
    private readonly ClassMatch? _classes; // maps the outputs of the first model to those of the second; null if the order is the same
    private readonly MatchedDataset? _images;
    private OutputDifference _difference;
    private int _samples;
    private int _sameClass;

    /// <param name="before">The first model.</param>
    /// <param name="after">The second model; its outputs are matched to those of the first by name.</param>
    /// <param name="names">The names of the two in messages.</param>
    /// <param name="runtime">What runs them.</param>
    /// <param name="threads">The number of threads.</param>
    /// <param name="images">The images to run both on, with the outputs of the first model as classes; <see langword="null"/> for random inputs.</param>
    /// <exception cref="ClassMismatchException">The models have different classes.</exception>
    internal ComparisonRun(Model before, Model after, (string Before, string After) names, IRuntime runtime, int threads, MatchedDataset? images)
    {
        (_names, _images) = (names, images);
        _classes = MatchOf(before, after, names);
        var options = new RunOptions { Threads = threads, Unfolded = true };
        _models = (before, after);
        (_before, _after) = (runtime.Prepare(before, options), runtime.Prepare(after, options));
        (_accuracyBefore, _accuracyAfter) = images is null ? (null, null) : (new EvaluationTally(images), new EvaluationTally(images));
    }

    /// <summary>The comparison on the samples so far.</summary>
    internal ModelComparison Result(IReadOnlyList<SampleFailure> unreadable) => new(_difference, _samples, _sameClass, _accuracyBefore, _accuracyAfter) { Unreadable = unreadable, Notes = _images?.Notes ?? [] };

    /// <summary>The number of samples so far.</summary>
    internal int Samples => _samples;

    /// <summary>Runs both models on random inputs.</summary>
    internal void AddRandom(int samples, ulong seed)
    {
        Graph graph = _before.Graph;
        Tensor input = RandomInput.Create(graph.ShapeOf(graph.Input.Name).Prepend(samples), seed);
        Count(Outputs(input, input), samples, []);
    }

    /// <summary>Runs both models on images.</summary>
    /// <param name="batches">The images.</param>
    /// <param name="first">The preprocessing of the first model.</param>
    /// <param name="second">That of the second model, or <see langword="null"/> if both have the same.</param>
    /// <param name="work">The processes that share the images, and what cancels them; checked between batches.</param>
    internal void Add(SharedBatches batches, InputPipeline first, InputPipeline? second, SharedWork work)
    {
        using IEnumerator<Batch>? others = second is null ? null : batches.Loader(second)?.ReadEpoch(work.Own).GetEnumerator();
        int outputs = checked((int)_before.Graph.ShapeOf(_before.Graph.Outputs[0]).Count);
        batches.Run(first, 2 * outputs, batch =>
        {
            Batch other = others is null ? batch : others.MoveNext() ? others.Current : throw OtherImages();
            return batch.Indices.AsSpan().SequenceEqual(other.Indices) ? Outputs(batch.Images, other.Images) : throw OtherImages();
        }, Add);
    }

    private static EspalierException OtherImages() => new("some images can be prepared for one of the models only, so the two cannot be compared on them");

    private static ClassMatch? MatchOf(Model before, Model after, (string Before, string After) names)
    {
        if (before.Metadata.Labels.Count == 0 || after.Metadata.Labels.Count == 0)
        {
            return null; // without labels, outputs are matched by their order
        }

        ClassMatch match = new OutputClasses(after.Metadata.Labels, OutputClasses.CountOf(after)) { Owner = names.After }.Match(before.Metadata.Labels, source: names.Before);
        return match.IsIdentity ? null : match;
    }

    /// <summary>The outputs of the first model, and after them those of the second.</summary>
    private float[] Outputs(Tensor input, Tensor other)
    {
        Tensor expected = _before.Run(input);
        Tensor made = _after.Run(other);
        FiniteOutput.Require(_models.Before, input, expected, _names.Before);
        FiniteOutput.Require(_models.After, other, made, _names.After);
        Tensor actual = _classes?.Pick(made) ?? made;
        return expected.Shape == actual.Shape ? [.. expected.Read<float>(), .. actual.Read<float>()] : throw new ArgumentException($"Expected outputs of {expected.Shape}, found {actual.Shape}.");
    }

    private void Add(int[] indices, float[] outputs)
    {
        if (indices.Length > 0)
        {
            Count(outputs, indices.Length, indices);
        }
    }

    private void Count(float[] values, int count, int[] indices)
    {
        ReadOnlySpan<float> expected = values.AsSpan(0, values.Length / 2), actual = values.AsSpan(values.Length / 2);
        _difference = _difference.With(OutputDifference.Between(expected, actual));
        int outputs = expected.Length / count;
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<float> before = expected.Slice(i * outputs, outputs), after = actual.Slice(i * outputs, outputs);
            _sameClass += Largest.IndexOf(before) == Largest.IndexOf(after) ? 1 : 0;
            if (indices.Length > 0)
            {
                _accuracyBefore?.Add(before, indices[i]);
                _accuracyAfter?.Add(after, indices[i]);
            }
        }

        _samples += count;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _before.Dispose();
        _after.Dispose();
    }
}
