using Espalier.Serving.Proto;
using Google.Protobuf;
using Grpc.Core;

namespace Espalier.Serving.Tests;

public sealed class GrpcTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Probes_and_metadata_answer()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder);
        Assert.True((await server.Grpc.ServerLiveAsync(new(), cancellationToken: TestContext.Current.CancellationToken)).Live);
        Assert.True((await server.Grpc.ServerReadyAsync(new(), cancellationToken: TestContext.Current.CancellationToken)).Ready);
        Assert.True((await server.Grpc.ModelReadyAsync(new() { Name = "tiny" }, cancellationToken: TestContext.Current.CancellationToken)).Ready);
        Assert.Equal(new ServerMetadataResponse { Name = "espalier", Version = "0.1.0", Extensions = { "binary_tensor_data", "model_repository_reload" } }, await server.Grpc.ServerMetadataAsync(new(), cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(
            new ModelMetadataResponse
            {
                Name = "tiny",
                Versions = { "1" },
                Platform = "espalier",
                Inputs = { new ModelMetadataResponse.Types.TensorMetadata { Name = TinyTensors.Input, Datatype = "FP32", Shape = { -1, 3, 32, 32 } } },
                Outputs = { new ModelMetadataResponse.Types.TensorMetadata { Name = TinyTensors.Output, Datatype = "FP32", Shape = { -1, 10 } } },
            },
            await server.Grpc.ModelMetadataAsync(new() { Name = "tiny", Version = "1" }, cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Raw_and_typed_contents_are_answered_in_kind_with_the_predictors_bits()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder);
        float[] samples = TinyTensors.Samples(2), logits = TinyTensors.Logits(samples);
        ModelInferRequest raw = Request(2), typed = Request(2);
        raw.RawInputContents.Add(ByteString.CopyFrom(TinyTensors.Bytes(samples)));
        typed.Inputs[0].Contents = new InferTensorContents { Fp32Contents = { samples } };
        typed.Outputs.Add(new ModelInferRequest.Types.InferRequestedOutputTensor { Name = TinyTensors.Output });

        var tensor = new ModelInferResponse.Types.InferOutputTensor { Name = TinyTensors.Output, Datatype = "FP32", Shape = { 2, 10 } };
        var expected = new ModelInferResponse { ModelName = "tiny", ModelVersion = "1", Id = "8", Outputs = { tensor }, RawOutputContents = { ByteString.CopyFrom(TinyTensors.Bytes(logits)) } };
        Assert.Equal(expected, await Infer(server, raw));
        expected.RawOutputContents.Clear();
        tensor.Contents = new InferTensorContents { Fp32Contents = { logits } };
        Assert.Equal(expected, await Infer(server, typed));
    }

    [Fact]
    public async Task Pixels_are_unsigned_contents()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder);
        byte[] planes = [.. Enumerable.Range(0, TinyTensors.Sample).Select(i => (byte)(i * 7))];
        ModelInferRequest raw = Request(1, "UINT8"), typed = Request(1, "UINT8");
        raw.RawInputContents.Add(ByteString.CopyFrom(planes));
        typed.Inputs[0].Contents = new InferTensorContents { UintContents = { planes.Select(value => (uint)value) } };
        Assert.Equal(TinyTensors.Bytes([.. (await Infer(server, typed)).Outputs[0].Contents.Fp32Contents]), (await Infer(server, raw)).RawOutputContents[0].ToByteArray());
    }

    [Fact]
    public async Task Errors_have_grpcs_codes()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder);
        ModelInferRequest other = Request(1), both = Request(1), none = Request(1), few = Request(1), wrong = Request(1);
        other.ModelName = "other";
        both.Inputs[0].Contents = new InferTensorContents();
        both.RawInputContents.Add(ByteString.Empty);
        few.RawInputContents.Add(ByteString.CopyFrom(new byte[8]));
        wrong.Inputs[0].Contents = new InferTensorContents { Fp64Contents = { 1 } };
        Assert.Equal((StatusCode.NotFound, "there is no model 'other'; there is tiny"), await Fault(server, other));
        Assert.Equal((StatusCode.InvalidArgument, $"input {TinyTensors.Input} has both contents and raw_input_contents; expected one of them"), await Fault(server, both));
        Assert.Equal((StatusCode.InvalidArgument, $"input {TinyTensors.Input} has neither contents nor raw_input_contents; expected one of them"), await Fault(server, none));
        Assert.Equal((StatusCode.InvalidArgument, $"input {TinyTensors.Input} has 8 bytes; expected 12288 for its shape"), await Fault(server, few));
        Assert.Equal((StatusCode.InvalidArgument, $"input {TinyTensors.Input} of the datatype FP32 has contents of another type; expected fp32_contents"), await Fault(server, wrong));
    }

    [Fact]
    public async Task A_deadline_that_passes_in_the_queue_is_not_computed()
    {
        using var gate = new GatedRuntime { Closed = true };
        await using RunningServer server = await RunningServer.OfTiny(_folder, options => options with { Runtime = gate });
        Task first = Infer(server, Raw());
        await gate.AwaitBatch();
        RpcException late = await Assert.ThrowsAsync<RpcException>(async () => await server.Grpc.ModelInferAsync(Raw(), deadline: DateTime.UtcNow.AddMilliseconds(300), cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(StatusCode.DeadlineExceeded, late.StatusCode);
        await RunningServer.Until(() => server.Queued() == 0);
        gate.Open();
        await first;
        await Infer(server, Raw());
        Assert.Equal([1, 1], gate.Batches);
    }

    [Fact]
    public async Task A_message_above_the_limit_is_refused()
    {
        await using RunningServer server = await RunningServer.OfTiny(_folder, options => options with { MaxBodyBytes = 5000 });
        Assert.Equal(StatusCode.ResourceExhausted, (await Assert.ThrowsAsync<RpcException>(() => Infer(server, Raw()))).StatusCode);
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => Infer(server, new() { ModelName = "other" }))).StatusCode);
    }

    private static ModelInferRequest Request(int count, string datatype = "FP32") => new()
    {
        ModelName = "tiny",
        Id = "8",
        Inputs = { new ModelInferRequest.Types.InferInputTensor { Name = TinyTensors.Input, Datatype = datatype, Shape = { count, 3, 32, 32 } } },
    };

    private static ModelInferRequest Raw()
    {
        ModelInferRequest request = Request(1);
        request.RawInputContents.Add(ByteString.CopyFrom(TinyTensors.Bytes(TinyTensors.Samples(1))));
        return request;
    }

    private static Task<ModelInferResponse> Infer(RunningServer server, ModelInferRequest request) => server.Grpc.ModelInferAsync(request, cancellationToken: TestContext.Current.CancellationToken).ResponseAsync;

    private static async Task<(StatusCode, string)> Fault(RunningServer server, ModelInferRequest request)
    {
        RpcException fault = await Assert.ThrowsAsync<RpcException>(() => Infer(server, request));
        return (fault.StatusCode, fault.Status.Detail);
    }
}
