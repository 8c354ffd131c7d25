using Espalier.Data;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Measures variants of a model: their accuracy on images or, without images, the change of their outputs on random inputs.</summary>
internal sealed class SensitivityMeasure : IDisposable
{
    private readonly VariantRunner _runner;
    private readonly IReadOnlyList<Tensor> _inputs;
    private readonly MatchedDataset? _data;
    private readonly int[][] _images; // the indices in the data of each batch's images
    private readonly SharedWork _work;
    private IReadOnlyList<Tensor>? _expected;

    private SensitivityMeasure(Model model, IReadOnlyList<Tensor> inputs, MatchedDataset? data, int[][] images, IRuntime runtime, int threads, SharedWork work) =>
        (_runner, _inputs, _data, _images, _work) = (new VariantRunner(model, inputs, runtime, threads), inputs, data, images, work);

    /// <summary>Whether it measures accuracy.</summary>
    internal bool IsAccuracy => _data is not null;

    /// <summary>The images that could not be read.</summary>
    internal IReadOnlyList<SampleFailure> Unreadable { get; private init; } = [];

    /// <summary>Creates a measure of accuracy on a data set.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">The images, with the model's outputs as classes.</param>
    /// <param name="loading">How they are read.</param>
    /// <param name="runtime">What runs the variants.</param>
    /// <param name="threads">Threads that compute.</param>
    /// <param name="work">The processes that share the variants, and what cancels them; checked between batches and variants.</param>
    internal static SensitivityMeasure OnImages(Model model, MatchedDataset data, DataLoaderOptions loading, IRuntime runtime, int threads, SharedWork work)
    {
        var batches = new SharedBatches(data, loading, work);
        (IReadOnlyList<Tensor> images, int[][] places) = batches.Read(InputPipeline.Of(model));
        return images.Count == 0
            ? throw new EspalierException($"none of the images could be read; the first: {batches.Failures[0]}")
            : new SensitivityMeasure(model, images, data, places, runtime, threads, work) { Unreadable = batches.Failures };
    }

    /// <summary>Creates a measure of the change of the outputs on random inputs.</summary>
    internal static SensitivityMeasure OnNumbers(Model model, int samples, ulong seed, IRuntime runtime, int threads, SharedWork work) =>
        new(model, [RandomInput.Create(model.Graph.ShapeOf(model.Graph.Input.Name).Prepend(samples), seed)], null, [], runtime, threads, work);

    /// <summary>The accuracy of a variant, or minus the change of its outputs, √(Σ(y′ − y)²/Σy²): larger is better in both cases.</summary>
    /// <exception cref="EspalierException">The outputs of the variant are not finite.</exception>
    internal double Quality(Model variant)
    {
        _work.Own.ThrowIfCancellationRequested();
        IReadOnlyList<Tensor> outputs = _runner.Run(variant);
        foreach ((Tensor input, Tensor output) in _inputs.Zip(outputs))
        {
            FiniteOutput.Require(variant, input, output);
        }

        if (_data is not null)
        {
            return Accuracy(outputs, _data);
        }

        _expected ??= outputs; // the first variant is the unchanged model
        return -Change(_expected, outputs);
    }

    private double Accuracy(IReadOnlyList<Tensor> outputs, MatchedDataset data)
    {
        var tally = new EvaluationTally(data);
        for (int i = 0; i < outputs.Count; i++)
        {
            int classes = (int)(outputs[i].Shape.Count / _images[i].Length);
            for (int image = 0; image < _images[i].Length; image++)
            {
                tally.Add(outputs[i].Read<float>().Slice(image * classes, classes), _images[i][image]);
            }
        }

        return tally.Accuracy;
    }

    private static double Change(IReadOnlyList<Tensor> expected, IReadOnlyList<Tensor> actual)
    {
        (double difference, double size) = (0, 0);
        for (int i = 0; i < expected.Count; i++)
        {
            ReadOnlySpan<float> numbers = expected[i].Read<float>();
            difference += OutputDifference.Between(numbers, actual[i].Read<float>()).Squared;
            foreach (float number in numbers)
            {
                size += (double)number * number;
            }
        }

        return difference == 0 ? 0 : Math.Sqrt(difference / size);
    }

    /// <inheritdoc/>
    public void Dispose() => _runner.Dispose();
}
