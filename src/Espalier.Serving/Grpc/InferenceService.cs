using System.Runtime.InteropServices;
using Espalier.Serving.Proto;
using Google.Protobuf;
using Grpc.Core;

namespace Espalier.Serving;

/// <summary>The Open Inference Protocol over gRPC.</summary>
internal sealed partial class InferenceService(ModelCatalog catalog, Drain drain, ILogger<InferenceService> log) : GRPCInferenceService.GRPCInferenceServiceBase
{
    private const string Datatype = "FP32";

    /// <inheritdoc/>
    public override Task<ServerLiveResponse> ServerLive(ServerLiveRequest request, ServerCallContext context) => Task.FromResult(new ServerLiveResponse { Live = true });

    /// <inheritdoc/>
    public override Task<ServerReadyResponse> ServerReady(ServerReadyRequest request, ServerCallContext context) => Task.FromResult(new ServerReadyResponse { Ready = !drain.Draining });

    /// <inheritdoc/>
    public override Task<ModelReadyResponse> ModelReady(ModelReadyRequest request, ServerCallContext context) => CallAsync(context, _ =>
    {
        using ModelCatalog.Lease lease = catalog.Use(request.Name, request.Version);
        return Task.FromResult(new ModelReadyResponse { Ready = !drain.Draining });
    });

    /// <inheritdoc/>
    public override Task<ServerMetadataResponse> ServerMetadata(ServerMetadataRequest request, ServerCallContext context) => Task.FromResult(new ServerMetadataResponse
    {
        Name = InformationEndpoints.ServerName,
        Version = InformationEndpoints.ServerVersion,
        Extensions = { InformationEndpoints.Extensions },
    });

    /// <inheritdoc/>
    public override Task<ModelMetadataResponse> ModelMetadata(ModelMetadataRequest request, ServerCallContext context) => CallAsync(context, _ =>
    {
        using ModelCatalog.Lease lease = catalog.Use(request.Name, request.Version);
        ServedModel model = lease.Model;
        return Task.FromResult(new ModelMetadataResponse
        {
            Name = model.Name,
            Versions = { catalog.VersionsOf(model.Name) },
            Platform = InformationEndpoints.Platform,
            Inputs = { Metadata(model.InputName, model.Sample) },
            Outputs = { model.Outputs.Select(output => Metadata(output.Name, output.Shape)) },
        });
    });

    /// <inheritdoc/>
    public override Task<ModelInferResponse> ModelInfer(ModelInferRequest request, ServerCallContext context) => CallAsync(context, async record =>
    {
        using ModelCatalog.Lease lease = catalog.Use(request.ModelName, request.ModelVersion);
        ServedModel model = lease.Model;
        (record.Model, record.Version) = (model.Name, model.Version);
        model.RequireRoom();
        InferRequest call = GrpcRequest.Read(request);
        TimeSpan? deadline = context.Deadline < DateTime.MaxValue ? TimeSpan.FromTicks(Math.Max(1, (context.Deadline - DateTime.UtcNow).Ticks)) : null;
        using var limit = new TimeLimit(call.Timeout < deadline || deadline is null ? call.Timeout : deadline, context.CancellationToken);
        float[][] outputs = await ModelRunner.InferAsync(model, call, record, limit).ConfigureAwait(false);
        return Response(model, request, call, outputs);
    });

    private static ModelInferResponse Response(ServedModel model, ModelInferRequest request, InferRequest call, float[][] outputs)
    {
        var response = new ModelInferResponse { ModelName = model.Name, ModelVersion = model.Version, Id = request.Id };
        IEnumerable<string> names = call.Outputs.Count > 0 ? call.Outputs.Select(output => output.Name) : model.Outputs.Select(output => output.Name);
        foreach (string name in names)
        {
            int place = model.Outputs.TakeWhile(output => output.Name != name).Count();
            Shape shape = model.Outputs[place].Shape;
            var tensor = new ModelInferResponse.Types.InferOutputTensor { Name = name, Datatype = Datatype, Shape = { request.Inputs[0].Shape[0], Enumerable.Range(0, shape.Rank).Select(i => (long)shape[i]) } };
            if (request.RawInputContents.Count > 0)
            {
                response.RawOutputContents.Add(ByteString.CopyFrom(MemoryMarshal.AsBytes(outputs[place].AsSpan()))); // as it was asked
            }
            else
            {
                tensor.Contents = new InferTensorContents { Fp32Contents = { outputs[place] } };
            }

            response.Outputs.Add(tensor);
        }

        return response;
    }

    private static ModelMetadataResponse.Types.TensorMetadata Metadata(string name, Shape shape) => new() { Name = name, Datatype = Datatype, Shape = { -1L, Enumerable.Range(0, shape.Rank).Select(i => (long)shape[i]) } };

    /// <summary>Turns errors into gRPC's, and records them.</summary>
    private async Task<T> CallAsync<T>(ServerCallContext context, Func<RequestRecord, Task<T>> call)
    {
        RequestRecord record = context.GetHttpContext().Features.Get<RequestRecord>()!;
        try
        {
            return await call(record).ConfigureAwait(false);
        }
        catch (ServingException refused)
        {
            throw Refused(record, refused);
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested && context.Deadline > DateTime.UtcNow)
        {
            (record.Outcome, record.Error) = (Outcome.Cancelled, "the client went away");
            throw new RpcException(new Status(StatusCode.Cancelled, record.Error));
        }
        catch (OperationCanceledException)
        {
            throw Refused(record, TimeLimit.Passed());
        }
#pragma warning disable CA1031 // whatever goes wrong is logged, and the client is told the id of the line and nothing of the machine
        catch (Exception error)
#pragma warning restore CA1031
        {
            Log.Failed(log, record.Id, error);
            throw Refused(record, new ServingException(StatusCodes.Status500InternalServerError, $"internal error; the log has it under the request id {record.Id}"));
        }
    }

    private static RpcException Refused(RequestRecord record, ServingException error)
    {
        (record.Outcome, record.Error) = (error.Outcome, error.Message);
        StatusCode code = error.Status switch
        {
            StatusCodes.Status404NotFound => StatusCode.NotFound,
            StatusCodes.Status429TooManyRequests => StatusCode.ResourceExhausted,
            StatusCodes.Status503ServiceUnavailable => StatusCode.Unavailable,
            StatusCodes.Status504GatewayTimeout => StatusCode.DeadlineExceeded,
            < StatusCodes.Status500InternalServerError => StatusCode.InvalidArgument,
            _ => StatusCode.Internal,
        };
        return new RpcException(new Status(code, error.Message));
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "{RequestId} failed")]
        internal static partial void Failed(ILogger logger, string requestId, Exception error);
    }
}
