using Espalier.Data;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Computes embeddings of images, and finds the nearest ones: the embedding is the value that a classifier's last layer reads.</summary>
/// <remarks>
/// The last layer is the first convolution or linear layer on the way back from the output. Where it reads a feature map of several pixels, as SqueezeNet's does, the embedding is the mean over the pixels.
/// Safe to share between threads.
/// </remarks>
public sealed class ImageEmbedder : IDisposable
{
    private readonly ImageClassifierOptions _options;
    private readonly InputPipeline _pipeline;
    private readonly Model _part;
    private readonly IRunnable _run;
    private readonly int _plane;
    private volatile bool _disposed;

    /// <summary>Prepares a model.</summary>
    /// <param name="model">A classifier with preprocessing.</param>
    /// <param name="options">Threads, batch size and runtime; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range; the message names it.</exception>
    /// <exception cref="EspalierException">The model has no preprocessing, or its output is not computed by one last layer.</exception>
    public ImageEmbedder(Model model, ImageClassifierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        _options = options ?? new ImageClassifierOptions();
        _options.Require();
        _pipeline = InputPipeline.Of(model);
        Model sized = model.WithInput(_pipeline.Shape);
        Node embedding = sized.Graph[LastLayer(sized.Graph).Inputs[0]];
        Node = embedding.Name;
        Shape shape = sized.Graph.ShapeOf(embedding.Name);
        (Length, _plane) = (shape[0], (int)(shape.Count / shape[0]));
        _part = NodeGroups.Part(sized, [embedding]);
        _run = _options.Prepare(_part);
    }

    /// <summary>The node whose output is the embedding.</summary>
    public string Node { get; }

    /// <summary>The number of elements of an embedding.</summary>
    public int Length { get; }

    /// <summary>The embedding of an image file.</summary>
    /// <param name="path">The path of a JPEG or PNG file.</param>
    /// <exception cref="EspalierException">The file cannot be read, is not a supported image or is damaged, or the embedding is not finite.</exception>
    /// <exception cref="ObjectDisposedException">The embedder has been disposed.</exception>
    public float[] Embed(string path)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
        {
            throw new EspalierException($"{path}: is a folder; expected an image");
        }

        float[] embedding = [];
        Run(ImageFileDataset.OpenUnlabelled([path], _options.Decoding), (_, value) => embedding = value, null, default);
        return embedding;
    }

    /// <summary>Finds the images whose embeddings have the least cosine distance from that of an image: 1 − a·b / (‖a‖·‖b‖), from 0 to 2; 1 if either is zero.</summary>
    /// <param name="image">The path of the image. If it is among the others, it is left out.</param>
    /// <param name="paths">The paths of files and of folders at any depth, as for <see cref="ImageClassifier.ClassifyAll(IEnumerable{string}, int, IProgress{int}?, CancellationToken)"/>.</param>
    /// <param name="count">The maximum number of neighbours, at least 1.</param>
    /// <param name="progress">Receives the number of images that are done, including those that could not be read.</param>
    /// <param name="cancellation">Checked between batches.</param>
    /// <exception cref="EspalierException">The image or none of the others can be read, or an embedding is not finite.</exception>
    /// <exception cref="ObjectDisposedException">The embedder has been disposed.</exception>
    public NearestImages FindNearest(string image, IEnumerable<string> paths, int count = 5, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        float[] embedding = Embed(image);
        ImageFileDataset others = ImageFileDataset.OpenUnlabelled(paths, _options.Decoding);
        string own = Path.GetFullPath(image);
        var found = new List<ImageNeighbour>();
        void Compare(int index, float[] other)
        {
            string name = others.NameOf(index);
            if (Path.GetFullPath(name) != own)
            {
                found.Add(new ImageNeighbour(name, Distance(embedding, other)));
            }
        }

        IReadOnlyList<SampleFailure> failures = others.Count == 0 ? throw new EspalierException("there are no images to find neighbours among") : Run(others, Compare, progress, cancellation);
        return new NearestImages([.. found.OrderBy(neighbour => neighbour.Distance).Take(count)], found.Count, failures, others.Notes); // the order is stable
    }

    /// <summary>Ends the embedder's own threads.</summary>
    public void Dispose()
    {
        _disposed = true;
        _run.Dispose();
    }

    internal static double Distance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        (double product, double first, double second) = (0, 0, 0);
        for (int i = 0; i < a.Length; i++)
        {
            product += (double)a[i] * b[i];
            first += (double)a[i] * a[i];
            second += (double)b[i] * b[i];
        }

        return first == 0 || second == 0 ? 1 : Math.Clamp(1 - (product / Math.Sqrt(first) / Math.Sqrt(second)), 0, 2);
    }

    private static Node LastLayer(Graph graph)
    {
        Node node = graph[graph.Outputs[0]];
        while (node.Op is not (Linear or Conv2d))
        {
            node = node.Inputs.Count == 1 ? graph[node.Inputs[0]]
                : throw new EspalierException($"the network has no last layer whose input could be the embedding: on the way back from its output '{graph.Outputs[0]}', '{node.Name}' ({node.Op.Kind}) has {node.Inputs.Count} inputs; expected a convolution or linear layer");
        }

        return graph[node.Inputs[0]].Op is Input ? throw new EspalierException($"the last layer '{node.Name}' reads the network's input, so there is no embedding") : node;
    }

    private IReadOnlyList<SampleFailure> Run(IDataset images, Action<int, float[]> use, IProgress<int>? progress, CancellationToken cancellation)
    {
        var loading = new DataLoaderOptions { BatchSize = _options.Batch, Workers = _options.ThreadCount, Prefetch = 1, Unreadable = UnreadableSamples.Skip };
        var classifier = new DatasetClassifier(_part, _run, _pipeline, loading);
        classifier.Run(images, (index, value) => use(index, Mean(value.Span)), progress, new SharedWork(null, cancellation));
        return classifier.Failures;
    }

    private float[] Mean(ReadOnlySpan<float> map)
    {
        var means = new float[Length];
        for (int i = 0; i < Length; i++)
        {
            means[i] = _plane == 1 ? map[i] : (float)new Moments(map.Slice(i * _plane, _plane)).Mean;
        }

        return means;
    }
}

/// <summary>An image with its distance from another one.</summary>
/// <param name="Name">The path of its file.</param>
/// <param name="Distance">The cosine distance of the embeddings, from 0 (same direction) to 2 (opposite directions).</param>
public readonly record struct ImageNeighbour(string Name, double Distance);

/// <summary>The nearest neighbours of an image.</summary>
/// <param name="Neighbours">The neighbours, the nearest first; at equal distances in the order of their names.</param>
/// <param name="Compared">The number of images that were compared.</param>
/// <param name="Unreadable">The images that could not be read.</param>
/// <param name="Notes">Messages for users about the files.</param>
public sealed record NearestImages(IReadOnlyList<ImageNeighbour> Neighbours, int Compared, IReadOnlyList<SampleFailure> Unreadable, IReadOnlyList<string> Notes);
