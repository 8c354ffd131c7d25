using Espalier.Bench;

if (args is ["kernels", .. string[] rest])
{
    return KernelBench.Run(rest);
}

Console.Error.WriteLine("""
    Espalier.Bench kernels [resnet18|resnet50] [repeats] [kernel names, separated by commas]
        Times every convolution of a network at 224 x 224 on one thread: hot (one layer again and again) and cold (in the network's order).
    """);
return 2;
