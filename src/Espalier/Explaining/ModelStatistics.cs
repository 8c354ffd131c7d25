using Espalier.Data;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Describes what is inside of models: their weights, and their activations on images.</summary>
public static class ModelStatistics
{
    /// <summary>Measures the weights of every convolution and linear layer: zeros, distribution, and the norms of the output channels.</summary>
    /// <param name="model">The model.</param>
    /// <param name="before">
    /// The same model before a change such as pruning, to compare the norms of channels with; <see langword="null"/> for none. Layers are matched by name. Where channels were removed, those that are
    /// left are found by their biases and norms (<see cref="LayerBefore.Kept"/>).
    /// </param>
    /// <exception cref="EspalierException">A weight is not finite, or no layer of the model before has the name of one of this model.</exception>
    public static NetworkWeights MeasureWeights(this Model model, Model? before = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return WeightMeasurement.Measure(model, before);
    }

    /// <summary>Measures the values of every node on images: distribution, zeros, dead channels, and what each residual block adds to its shortcut.</summary>
    /// <param name="model">The model, in floating point or 8 bits. It is run as it stands, without folding, a group of nodes at a time, so that memory stays bounded.</param>
    /// <param name="data">The path of a folder of images, or of data as for <see cref="ImageClassifier.Evaluate(string, EvaluationOptions?, IProgress{int}?, CancellationToken)"/>. Its classes do not matter.</param>
    /// <param name="options">The number of images, threads and runtime; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives the completed fraction, from 0 to 1.</param>
    /// <param name="cancellation">Checked between batches.</param>
    /// <exception cref="ArgumentException">The path is empty, or an option is out of range; the message names it.</exception>
    /// <exception cref="EspalierException">The data does not exist, none of the images can be read, the model has no preprocessing, or a value is not finite; the message names the first such node.</exception>
    public static NetworkActivations MeasureActivations(this Model model, string data, ActivationOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(data);
        options ??= new ActivationOptions();
        options.Require();
        return model.MeasureActivations(ClassMatching.OpenImages(data, new DataSourceOptions { Decoding = options.Decoding }), options, progress, cancellation);
    }

    /// <summary>Measures the values of every node on the images of a data set.</summary>
    /// <inheritdoc cref="MeasureActivations(Model, string, ActivationOptions?, IProgress{double}?, CancellationToken)"/>
    public static NetworkActivations MeasureActivations(this Model model, IDataset data, ActivationOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        options ??= new ActivationOptions();
        options.Require();
        return new ActivationMeasurement(model, data, options).Run(NodeGroups.UsualBudget, progress, cancellation);
    }
}
