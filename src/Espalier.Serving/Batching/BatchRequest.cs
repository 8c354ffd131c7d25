namespace Espalier.Serving;

/// <summary>The samples of one request on their way through a <see cref="Batcher"/>.</summary>
/// <param name="input">One sample after another; the caller's, and not touched any more once <see cref="Completion"/> has ended.</param>
/// <param name="samples">How many.</param>
/// <param name="place">Their places in the queue.</param>
internal sealed class BatchRequest(ReadOnlyMemory<float> input, int samples, Admission.Place place)
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal ReadOnlyMemory<float> Input => input;

    internal int Samples => samples;

    internal Admission.Place Place => place;

    /// <summary>The network's outputs, one sample after another each; set when <see cref="Completion"/> has succeeded.</summary>
    internal float[][] Outputs { get; set; } = [];

    /// <summary>The timestamp after which it is not computed any more.</summary>
    internal long Deadline { get; init; } = long.MaxValue;

    /// <summary>The timestamp at which it came into the queue.</summary>
    internal long Queued { get; set; }

    /// <summary>The time in the queue.</summary>
    internal TimeSpan Wait { get; set; }

    /// <summary>The time that its batch was computed.</summary>
    internal TimeSpan Compute { get; set; }

    internal Task Completion => _completion.Task;

    internal void Complete() => _completion.TrySetResult();

    internal void Fail(Exception error) => _completion.TrySetException(error);

    /// <summary>Ends it without a result.</summary>
    internal void Abandon() => _completion.TrySetCanceled();
}
