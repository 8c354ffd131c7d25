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
    private readonly CancellationToken _cancellation;
    private IReadOnlyList<Tensor>? _expected;

    private SensitivityMeasure(Model model, IReadOnlyList<Tensor> inputs, MatchedDataset? data, int[][] images, IRuntime runtime, int threads, CancellationToken cancellation) =>
        (_runner, _inputs, _data, _images, _cancellation) = (new VariantRunner(model, inputs, runtime, threads), inputs, data, images, cancellation);

    /// <summary>Whether it measures accuracy.</summary>
    internal bool IsAccuracy => _data is not null;

    /// <summary>Creates a measure of accuracy on a data set.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">The images, with the model's outputs as classes.</param>
    /// <param name="loader">The loader of the images.</param>
    /// <param name="runtime">What runs the variants.</param>
    /// <param name="threads">Threads that compute.</param>
    /// <param name="cancellation">Checked between batches.</param>
    internal static SensitivityMeasure OnImages(Model model, MatchedDataset data, DataLoader loader, IRuntime runtime, int threads, CancellationToken cancellation)
    {
        (List<Tensor> images, List<int[]> places) = ([], []);
        foreach (Batch batch in loader.ReadEpoch(cancellation))
        {
            images.Add(batch.Images.Copy()); // the loader reuses the memory of a batch
            places.Add([.. batch.Indices]);
        }

        return images.Count == 0
            ? throw new EspalierException($"none of the images could be read; the first: {loader.Failures[0]}")
            : new SensitivityMeasure(model, images, data, [.. places], runtime, threads, cancellation);
    }

    /// <summary>Creates a measure of the change of the outputs on random inputs.</summary>
    internal static SensitivityMeasure OnNumbers(Model model, int samples, ulong seed, IRuntime runtime, int threads, CancellationToken cancellation) =>
        new(model, [RandomInput.Create(model.Graph.ShapeOf(model.Graph.Input.Name).Prepend(samples), seed)], null, [], runtime, threads, cancellation);

    /// <summary>The accuracy of a variant, or minus the change of its outputs, √(Σ(y′ − y)²/Σy²): larger is better in both cases.</summary>
    /// <exception cref="EspalierException">The outputs of the variant are not finite.</exception>
    internal double Quality(Model variant)
    {
        _cancellation.ThrowIfCancellationRequested();
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
