using Espalier.Bench.Conditions;
using Espalier.Bench.Folding;
using Espalier.Bench.Layers;
using Espalier.Bench.Native;
using Espalier.Bench.Peers;
using Espalier.Bench.Scaling;
using Espalier.Bench.Serving;
using Espalier.Bench.Training;
using Espalier.Bench.Workers;

switch (args)
{
    case ["kernels", .. string[] rest]:
        return KernelBench.Run(rest);
    case ["limits", "--training", .. string[] rest]:
        return TrainingLimits.Run(rest);
    case ["limits", .. string[] rest]:
        return LimitsBench.Run(rest);
    case ["sparse", .. string[] rest]:
        return SparseBench.Run(rest);
    case ["peers", .. string[] rest]:
        return PeersCommand.Run(rest);
    case ["growth", .. string[] rest]:
        return GrowthCommand.Run(rest);
    case ["conditions", .. string[] rest]:
        return ConditionsCommand.Run(rest);
    case ["folding", .. string[] rest]:
        return FoldingCommand.Run(rest);
    case ["native", .. string[] rest]:
        return NativeCommand.Run(rest);
    case ["serving", .. string[] rest]:
        return ServingCommand.Run(rest);
    case ["training", .. string[] rest]:
        return TrainingCommand.Run(rest);
    case ["serving-report", .. string[] rest]:
        return ServingReport.Run(rest);
    case ["scaling", .. string[] rest]:
        return ScalingCommand.Run(rest);
    case ["scaling-worker", .. string[] rest]:
        return ScalingWorker.Run(rest);
    case ["spin"]:
        return Spinner.Run();
    case ["worker"]:
        return EspalierWorker.Run(Console.In, Console.Out);
    case ["training-worker", .. string[] rest]:
        return TrainingWorker.Run(rest, Console.In, Console.Out);
}

Console.Error.WriteLine("""
    Espalier.Bench kernels [network of the zoo] [repeats] [kernel names, separated by commas]
        Times every step of a network on one thread: hot (one step again and again) and cold (in the network's order).
    Espalier.Bench limits [repeats] [threads] [networks of the zoo, with :int8 for their 8-bit form]
        Sets the time of each kind of layer of a network beside the peak of the arithmetic units and the bandwidth of memory, as Markdown.
    Espalier.Bench limits --training NETWORK [batch] [threads] [steps]
        The same for a training step: forward, gradients of inputs and weights, norms, packing of weights, optimizer.
    Espalier.Bench sparse [network of the zoo] [repeats] [percentages of zeros, separated by commas] [single|4x1|1x4|2:4]
        Times the layers of a network with zeros in their weights beside the kernels for dense weights, hot and cold, on one thread.
    Espalier.Bench peers [options]
        Times whole networks beside ONNX Runtime and PyTorch in one run and writes a report; --help tells the options.
    Espalier.Bench growth [--quick] [-o FILE.md]
        How times grow with depth, input, batch and zeros, beside ONNX Runtime: one report, in about five minutes.
    Espalier.Bench conditions [--quick] [-o FILE.md]
        A busy machine (beside ONNX Runtime), many callers of one predictor, denormal numbers.
    Espalier.Bench folding [turns]
        Networks of many branches as trained, folded, and beside the plain ones that they must become, as Markdown.
    Espalier.Bench native [--quick] [-o FILE.md]
        Espalier compiled ahead of time for each level of vectors, beside the JIT compiler: time, start, memory and size.
    Espalier.Bench serving ADDRESS [--clients N | --rate R] [--seconds S] [--floats N]
        Loads a server with binary tensors: requests per second, percentiles of the latency, wrong answers.
    Espalier.Bench serving-report [--quick] [-o FILE.md]
        'espalier serve' beside ONNX Runtime under the same loads, and 10,000 requests with faults; writes docs/results/serving.md.
    Espalier.Bench training [options]
        Times training steps beside PyTorch in one run, and what stochastic depth saves, and writes a report; --help tells the options.
    Espalier.Bench scaling [--quick] [-o FILE.md]
        Times training steps by several processes (MPI) on this machine, what parts of batches cost, and what more machines would take on paper.
    Espalier.Bench worker, Espalier.Bench training-worker [P]
        Espalier as one of the contestants: the line protocol of bench/README.md.
    """);
return 2;
