using System.Buffers;
using System.Diagnostics;

namespace Espalier.Serving;

/// <summary>The way of every request to its answer: a place in the queue, its input, its batch.</summary>
internal sealed class ModelRunner(PhotoDecoder decoder)
{
    /// <summary>Classifies a photo.</summary>
    /// <returns>The logits of all classes.</returns>
    internal async Task<float[]> ClassifyAsync(ServedModel model, ReadOnlyMemory<byte> photo, RequestRecord record, TimeLimit limit)
    {
        if (model.Photos is not { } pipeline)
        {
            throw ServingException.Invalid($"{model.Name} does not say how photos become inputs, so it takes tensors only");
        }

        float[][] outputs = await RunAsync(model, 1, input => new ValueTask(decoder.DecodeAsync(photo, pipeline, input, limit.Token)), record, limit).ConfigureAwait(false);
        return outputs[0];
    }

    /// <summary>Computes the outputs of a request of the Open Inference Protocol.</summary>
    internal static Task<float[][]> InferAsync(ServedModel model, InferRequest request, RequestRecord record, TimeLimit limit) =>
        RunAsync(model, InputReading.SamplesOf(model, request), input =>
        {
            InputReading.Read(model, request.Inputs[0], input.Span);
            return ValueTask.CompletedTask;
        }, record, limit);

    private static async Task<float[][]> RunAsync(ServedModel model, int samples, Func<Memory<float>, ValueTask> read, RequestRecord record, TimeLimit limit)
    {
        record.Samples = samples;
        long start = Stopwatch.GetTimestamp();
        using Admission.Place place = model.Enter(samples);
        int length = samples * model.SampleLength;
        float[] input = ArrayPool<float>.Shared.Rent(length);
        try
        {
            await read(input.AsMemory(0, length)).ConfigureAwait(false);
            record.Decode = Stopwatch.GetElapsedTime(start);
            var request = new BatchRequest(input.AsMemory(0, length), samples, place) { Deadline = limit.Deadline };
            await model.RunAsync(request, limit.Token).ConfigureAwait(false);
            (record.Wait, record.Compute) = (request.Wait, request.Compute);
            return request.Outputs.All(output => NonFinite.IndexOf(output) < 0)
                ? request.Outputs
                : throw new ServingException(StatusCodes.Status422UnprocessableEntity, "the network's output for this input is not finite");
        }
        finally
        {
            ArrayPool<float>.Shared.Return(input); // not before its batch has ended or it has left the queue
        }
    }
}
