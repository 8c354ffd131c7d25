using System.Globalization;
using Espalier.Data;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Inference;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Explains what a classifier does with a photo: feature maps, class activation maps, occlusion, receptive fields.</summary>
/// <remarks>What an explanation needs is prepared when it is first computed and kept for further photos; of feature maps and gradients those of the last nodes. Safe to share between threads, which wait for each other.</remarks>
public sealed class PhotoExplainer : IDisposable
{
    private readonly ImageClassifierOptions _options;
    private readonly InputPipeline _pipeline;
    private readonly ExplanationPlans _plans;
    private readonly OutputClasses _classes;

    /// <summary>Prepares a model for explanations.</summary>
    /// <param name="model">A classifier with preprocessing.</param>
    /// <param name="options">Threads, runtime, and the batch of changed inputs; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range; the message names it.</exception>
    /// <exception cref="EspalierException">As for <see cref="ImageClassifier"/>: the model is no classifier of images, or has no preprocessing.</exception>
    public PhotoExplainer(Model model, ImageClassifierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        _options = options ?? new ImageClassifierOptions();
        _options.Require();
        _classes = OutputClasses.Of(model);
        _pipeline = InputPipeline.Of(model);
        Model = model.WithInput(_pipeline.Shape);
        _plans = new ExplanationPlans(Model, _options);
    }

    /// <summary>The model, for inputs of the size that its preprocessing makes.</summary>
    public Model Model { get; }

    /// <summary>The last node, in the order of the graph, with a map of more than one pixel on which the classes depend: where class activation maps are computed unless a node is given.</summary>
    /// <exception cref="EspalierException">The network has none.</exception>
    public string LastSpatialNode => ExplainedNetwork.LastSpatial(Model.Graph);

    /// <summary>Whether the network is quantized to 8 bits, so that its roundings have no gradient.</summary>
    public bool IsQuantized => Model.Graph.Nodes.Any(node => node.Op is Quantize);

    /// <summary>Reads and classifies a photo.</summary>
    /// <param name="path">The path of a JPEG or PNG file.</param>
    /// <exception cref="EspalierException">The file cannot be read, is not a supported image or is damaged, or the network's output is not finite.</exception>
    public ExplainedPhoto Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Read(FileErrors.Read(path, () => ImageDecoder.Decode(path, _options.Decoding)), Path.GetFileName(path));
    }

    /// <summary>Classifies a photo.</summary>
    /// <param name="image">The photo.</param>
    /// <param name="name">Its name in results.</param>
    /// <exception cref="EspalierException">The photo cannot be preprocessed, or the network's output is not finite.</exception>
    public ExplainedPhoto Read(Image image, string name = "photo")
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(name);
        Tensor input = _pipeline.Run(image);
        input = input.Reshape(input.Shape.Prepend(1));
        Tensor output = _plans.Predict(input);
        FiniteOutput.Require(Model, input, output);
        InputPlacement placement = InputPlacement.Of(Model.Metadata.Preprocessing!, _pipeline.Shape, image);
        return new ExplainedPhoto(name, image, input, placement, Prediction.Top(output.Read<float>(), _classes.Count, Model.Metadata.Labels));
    }

    /// <summary>The index of a class.</summary>
    /// <param name="name">Its label, or its index where no label is the same.</param>
    /// <exception cref="EspalierException">There is no such class, or several have that label.</exception>
    public int ClassOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        int[] places = [.. _classes.Labels.Index().Where(label => label.Item == name).Select(label => label.Index)];
        return places.Length == 1 ? places[0]
            : places.Length > 1 ? throw new EspalierException($"{places.Length} classes have the label '{name}': {string.Join(", ", places)}; give the index of one")
            : int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < _classes.Count ? index
            : throw new EspalierException($"the model has no class '{name}'{SimilarNames.Suggest(name, _classes.Labels)}; expected {(_classes.Labels.Count > 0 ? "a label or " : "")}an index from 0 to {_classes.Count - 1}");
    }

    /// <summary>The output of a node for a photo, channel by channel. Of a network in 8 bits they are the rounded values.</summary>
    /// <param name="photo">The photo.</param>
    /// <param name="node">The name of a node, the input included, or of a scope, such as <c>layer4</c> or <c>layer1.0</c>, for its last node in the order of the graph.</param>
    /// <exception cref="EspalierException">There is no such node, or its output is not finite.</exception>
    public FeatureMaps Maps(ExplainedPhoto photo, string node)
    {
        ArgumentNullException.ThrowIfNull(photo);
        node = Find(node);
        return new FeatureMaps(photo, node, Model.Graph.ShapeOf(node), IsInput(node) ? photo.Input.Read<float>().ToArray() : _plans.Values(photo.Input, node));
    }

    /// <summary>The map of what makes the network see a class in a photo.</summary>
    /// <param name="photo">The photo.</param>
    /// <param name="options">Method, class and node; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives the fraction that is done, from 0 to 1.</param>
    /// <param name="cancellation">Checked between forward passes of <see cref="ClassActivationMethod.ScoreCam"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class or method.</exception>
    /// <exception cref="EspalierException">The network does not end as <see cref="ClassActivationMethod.Cam"/> requires, there is no such node, or it has no map on which the classes depend.</exception>
    public ClassActivationMap ClassActivation(ExplainedPhoto photo, ClassActivationOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(photo);
        options ??= new ClassActivationOptions();
        Prediction prediction = PredictionOf(photo, options.Class);
        PooledHead? head = options.Method == ClassActivationMethod.Cam ? PooledHead.Of(Model) : null;
        string node = options.Node is string name ? Find(name) : head?.Map ?? LastSpatialNode;
        RequireMap(node, head);
        bool isScored = options.Method == ClassActivationMethod.ScoreCam || (options.Method == ClassActivationMethod.Auto && IsQuantized);
        ClassActivationMethod method = head is not null ? ClassActivationMethod.Cam : isScored ? ClassActivationMethod.ScoreCam : ClassActivationMethod.GradCam;
        Size size = FeatureMap.Of(Model.Graph.ShapeOf(node)).Size;
        float[] values = head is not null ? ClassActivations.Cam(_plans, photo, head, prediction.Class, size)
            : isScored ? ClassActivations.ScoreCam(_plans, photo, node, prediction.Class, size, progress, cancellation)
            : ClassActivations.GradCam(_plans, photo, node, prediction.Class, size);
        return new ClassActivationMap(photo, method, node, prediction, size, values, NoteOn(options.Method, method));
    }

    /// <summary>How much the probability of a class falls while a square covers part of the photo.</summary>
    /// <param name="photo">The photo.</param>
    /// <param name="options">The square, its places and colour; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives the fraction that is done, from 0 to 1.</param>
    /// <param name="cancellation">Checked between forward passes.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="EspalierException">The square does not fit into the input, or leaves pixels uncovered.</exception>
    public OcclusionMap Occlusion(ExplainedPhoto photo, OcclusionOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(photo);
        options ??= new OcclusionOptions();
        OcclusionGrid grid = OcclusionGrid.Of(photo.Placement.Input, options);
        Prediction prediction = PredictionOf(photo, options.Class);
        float[] fill = FillOf(options), probabilities = new float[grid.Count];
        void Cover(int place, Memory<float> copy)
        {
            (int top, int left) = grid[place];
            int width = grid.Input.Width, plane = grid.Input.Area;
            for (int at = 0; at < copy.Length; at += plane)
            {
                for (int row = top; row < top + grid.Patch; row++)
                {
                    int start = at + (row * width) + left;
                    fill.AsSpan(start, grid.Patch).CopyTo(copy.Span[start..]);
                }
            }
        }

        _plans.RunChanged(photo.Input, grid.Count, Cover, (place, logits) => probabilities[place] = (float)Prediction.Softmax(logits)[prediction.Class], isScore: false, progress, cancellation);
        return new OcclusionMap(photo, prediction, grid, probabilities);
    }

    /// <summary>The part of a photo on which one unit of a node depends, and how much.</summary>
    /// <param name="photo">The photo.</param>
    /// <param name="node">The node, or a scope for its last one.</param>
    /// <param name="row">The unit's row in the node's map; <see langword="null"/> for the middle one.</param>
    /// <param name="column">The unit's column; <see langword="null"/> for the middle one.</param>
    /// <exception cref="EspalierException">There is no such node or unit, or the node is the input.</exception>
    public PhotoReceptiveField ReceptiveField(ExplainedPhoto photo, string node, int? row = null, int? column = null)
    {
        ArgumentNullException.ThrowIfNull(photo);
        node = Find(node);
        if (IsInput(node))
        {
            throw new EspalierException($"'{node}' is the network's input, whose pixels depend on nothing but themselves; name another node");
        }

        FeatureMap map = FeatureMap.Of(Model.Graph.ShapeOf(node));
        ReceptiveRegion region = ReceptiveRegion.Of(Model.Graph, node, row ?? map.Height / 2, column ?? map.Width / 2);
        int unit = (region.Row * map.Width) + region.Column;
        (float[] _, float[] gradient) = _plans.Differentiate(photo.Input, node, Model.Graph.Input.Name, i => i % map.Pixels == unit ? 1 : 0);
        float[] values = MapWeighting.Sum(Array.ConvertAll(gradient, Math.Abs), [.. Enumerable.Repeat(1.0, Model.Graph.ShapeOf(Model.Graph.Input.Name)[0])], photo.Placement.Input.Area, isPositive: false);
        return new PhotoReceptiveField(photo, region, Graphs.ReceptiveField.Of(Model.Graph)[node].Stride, values);
    }

    /// <summary>Ends the explainer's threads and frees what it has prepared.</summary>
    public void Dispose() => _plans.Dispose();

    /// <summary>The node of a name, or the last node of a scope, in the order of the graph.</summary>
    private string Find(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Model.Graph.TryFind(name, out _) ? name
            : Model.Graph.InScope(name).LastOrDefault()?.Name
            ?? throw new EspalierException($"the network has no node or scope '{name}'{SimilarNames.Suggest(name, Model.Graph.Nodes.SelectMany(each => Scopes(each.Name)).Distinct())}");
    }

    private static IEnumerable<string> Scopes(string name)
    {
        for (string scope = name; scope.Length > 0; scope = ScopeName.Parent(scope))
        {
            yield return scope;
        }
    }

    private bool IsInput(string node) => Model.Graph[node].Op is Input;

    private static Prediction PredictionOf(ExplainedPhoto photo, int? given)
    {
        OptionCheck.Require(given is null || (given >= 0 && given < photo.Predictions.Count), given, $"a class from 0 to {photo.Predictions.Count - 1}", "Class");
        return given is null ? photo.Predictions[0] : photo.Predictions.Single(prediction => prediction.Class == given);
    }

    private void RequireMap(string node, PooledHead? head)
    {
        if (head is not null && node != head.Map)
        {
            throw new EspalierException($"CAM is computed at '{head.Map}', whose maps the network averages; found '{node}'. Name none, or choose grad-cam or score-cam");
        }

        if (IsInput(node) || !ExplainedNetwork.IsSpatial(Model.Graph, node))
        {
            throw new EspalierException($"'{node}' has no feature map to locate a class in: it is {(IsInput(node) ? "the input" : $"of shape {Model.Graph.ShapeOf(node)}")}; the last node with one is '{LastSpatialNode}'");
        }
    }

    private string? NoteOn(ClassActivationMethod asked, ClassActivationMethod used) =>
        !IsQuantized ? null
        : asked == ClassActivationMethod.Auto ? "the network is in 8 bits, whose roundings have no gradient, so that the class activation map is score-cam; it takes a forward pass for each channel"
        : used == ClassActivationMethod.GradCam ? "the network is in 8 bits: gradients pass its roundings unchanged, as in training, and values are computed in floating point"
        : null;

    // A colour goes through the preprocessing of pixels that are the input already.
    private float[] FillOf(OcclusionOptions options)
    {
        float[] fill = new float[_pipeline.Shape.Count];
        if (options.Fill is (byte red, byte green, byte blue))
        {
            (int height, int width) = (_pipeline.Shape[1], _pipeline.Shape[2]);
            byte[] pixels = new byte[height * width * Image.Channels];
            for (int i = 0; i < pixels.Length; i += Image.Channels)
            {
                (pixels[i], pixels[i + 1], pixels[i + 2]) = (red, green, blue);
            }

            new InputPipeline(_pipeline.Shape, _pipeline.Normalization).Run(new Image(width, height, pixels)).Read<float>().CopyTo(fill);
        }

        return fill;
    }
}
