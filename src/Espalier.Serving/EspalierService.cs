namespace Espalier.Serving;

/// <summary>The models of a server for its own code: batched together with the requests that come by the server's addresses.</summary>
/// <remarks>A singleton that <see cref="EspalierServices"/> adds. Safe to share between threads.</remarks>
public sealed class EspalierService
{
    private const int UsualTop = 5;

    private readonly ModelCatalog _catalog;
    private readonly ModelRunner _runner;

    internal EspalierService(ModelCatalog catalog, ModelRunner runner) => (_catalog, _runner) = (catalog, runner);

    /// <summary>The names of the models, sorted.</summary>
    public IReadOnlyList<string> Models => [.. _catalog.Names];

    /// <summary>Classifies the bytes of a JPEG or PNG file.</summary>
    /// <param name="photo">The bytes; they must not change before the task ends.</param>
    /// <param name="model">The name of the model; <see langword="null"/> for the only one.</param>
    /// <param name="top">The maximum number of classes to return.</param>
    /// <param name="cancellation">Takes the photo out of the queue; one that is being computed is finished.</param>
    /// <returns>The most probable classes, the most probable first: those of <see cref="ImageClassifier.Classify(ReadOnlyMemory{byte}, int)"/>, bit for bit.</returns>
    /// <exception cref="ServingException">There is no such model, it takes no photos, the bytes are no photo, or the queue is full.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<Prediction[]> ClassifyAsync(ReadOnlyMemory<byte> photo, string? model = null, int top = UsualTop, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        using ModelCatalog.Lease lease = _catalog.Use(model, null);
        using var limit = new TimeLimit(null, cancellation);
        float[] logits = await _runner.ClassifyAsync(lease.Model, photo, new RequestRecord(""), limit).ConfigureAwait(false);
        return Prediction.Top(logits, Math.Min(top, lease.Model.ClassCount), lease.Model.Metadata.Labels);
    }
}
